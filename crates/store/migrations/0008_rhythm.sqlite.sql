UPDATE feeds SET since = CAST(strftime('%s', 'now') AS INTEGER) * 1000000;
