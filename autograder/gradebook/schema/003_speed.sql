-- What a speed check measured: ratio, interval, pairs, device, thresholds.

ALTER TABLE case_result ADD COLUMN speed TEXT CHECK (speed IS NULL OR json_valid(speed));
