-- Gives takes back as far as they have not come back by themselves. What changes together: this and gcra.py.
-- ARGV: the time or '', then of each key: what was kept before the take and after it, when it was full then,
-- the cost in microseconds.
local FORGIVEN = 86400000000
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
for i = 1, #KEYS do
  local before, after, full, amount = ARGV[4 * i - 2], ARGV[4 * i - 1], tonumber(ARGV[4 * i]),
    tonumber(ARGV[4 * i + 1])
  local value = redis.call('GET', KEYS[i])
  if value == after then value = before
  elseif value and not string.find(value .. after, ' ') then
    value = string.format('%.0f', value - math.max(0, math.min(amount, full - now)))
  end
  if value then
    local over, strikes = string.match(value, '^(%-?%d+) ?(%d*)$')
    if strikes ~= '' then over = over + FORGIVEN end
    local left = math.ceil((over - now) / 1000)
    if left > 0 then redis.call('SET', KEYS[i], value, 'PX', left) else redis.call('DEL', KEYS[i]) end
  end
end
return 'OK'
