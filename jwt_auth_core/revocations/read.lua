-- Returns up to ARGV[2] entries of the stream KEYS[1] behind the id ARGV[1]; before them, as of the same
-- moment, how many entries it has ever had and the id of the last. Nothing when there is no stream.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local told = redis.call('XINFO', 'STREAM', KEYS[1])
local facts = {}
for i = 1, #told, 2 do
  facts[told[i]] = told[i + 1]
end
local found = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
return {facts['entries-added'], facts['last-generated-id'], found}
