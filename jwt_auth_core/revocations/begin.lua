-- Returns how many entries the stream KEYS[1] has ever had and the id of the last. A stream that is not
-- there begins with a mark, so that its loss can be told from an empty one.
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('XADD', KEYS[1], '*', 'begun', '1')
end
local told = redis.call('XINFO', 'STREAM', KEYS[1])
local facts = {}
for i = 1, #told, 2 do
  facts[told[i]] = told[i + 1]
end
return {facts['entries-added'], facts['last-generated-id']}
