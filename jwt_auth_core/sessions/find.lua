-- All that is kept of a session, names and values in turns. KEYS[1]: its hash.
local key = KEYS[1]
return redis.call('HGETALL', key)
