-- Takes out what is kept under a ticket's digest: whoever comes second finds nothing.
return redis.call('GETDEL', KEYS[1])
