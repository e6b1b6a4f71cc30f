-- Keeps a text under a code's digest. ARGV: the text, for how many seconds.
return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
