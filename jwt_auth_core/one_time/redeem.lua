-- Takes out what is kept under a code's digest: whoever comes second finds nothing.
return redis.call('GETDEL', KEYS[1])
