-- Appends a revocation to the stream KEYS[1] and drops what is older than ARGV[1] seconds; the rest of
-- ARGV are the entry's fields and values.
local now = redis.call('TIME')
local oldest = string.format('%d', (now[1] - ARGV[1]) * 1000)
return redis.call('XADD', KEYS[1], 'MINID', '~', oldest, '*', unpack(ARGV, 2))
