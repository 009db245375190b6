-- Time in use is told by devices; what is counted of it is bounded by the time that passed.

-- What the device said where less is believed (duration_ms); null: all of it is.
alter table event_raw add column claimed_ms bigint;

-- How much time the stream's next event may claim, and the newest estimated moment up to which that was reckoned. Null: no event yet.
alter table event_stream add column credit_ms bigint;
alter table event_stream add column credit_at timestamptz;
