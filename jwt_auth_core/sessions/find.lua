-- All that is kept of a session, names and values in turns. KEYS[1]: its hash.
return redis.call('HGETALL', KEYS[1])
