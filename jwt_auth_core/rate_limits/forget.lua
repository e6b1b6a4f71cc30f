-- Makes buckets full again.
return redis.call('DEL', unpack(KEYS))
