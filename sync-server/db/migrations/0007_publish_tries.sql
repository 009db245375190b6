-- A wish whose text does not come is looked at less and less often, and never stands before a newer one.

alter table publish_wish add column tries integer not null default 0;
alter table publish_wish add column next_try_at timestamptz not null default now();
create index publish_wish_due on publish_wish (next_try_at);
