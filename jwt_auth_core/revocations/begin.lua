-- Returns how many entries the stream KEYS[1] has ever had and the id of the last. A stream that is not
-- there begins with a mark, so that its loss can be told from an empty one; ARGV[1] is the random part of
-- the mark's id.
if redis.call('EXISTS', KEYS[1]) == 0 then
  local now = redis.call('TIME')
  local id = string.format('%d-%s', now[1] * 1000 + math.floor(now[2] / 1000), ARGV[1])
  redis.call('XADD', KEYS[1], id, 'begun', '1')
end
local told = redis.call('XINFO', 'STREAM', KEYS[1])
local facts = {}
for i = 1, #told, 2 do
  facts[told[i]] = told[i + 1]
end
return {facts['entries-added'], facts['last-generated-id']}
