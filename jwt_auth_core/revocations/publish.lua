-- Appends a revocation to the stream KEYS[1] and drops what is older than ARGV[1] seconds; ARGV[2] is the
-- random part of the entry's id, the rest are its fields and values.
local now = redis.call('TIME')
local oldest = string.format('%d', (now[1] - ARGV[1]) * 1000)
local id = string.format('%d-%s', now[1] * 1000 + math.floor(now[2] / 1000), ARGV[2])
local added = redis.pcall('XADD', KEYS[1], 'MINID', '~', oldest, id, unpack(ARGV, 3))
if type(added) == 'table' then -- the last entry is of the same millisecond, or of a clock that was ahead
  added = redis.call('XADD', KEYS[1], 'MINID', '~', oldest, '*', unpack(ARGV, 3))
end
return added
