-- A sign-in on a computer of many people: its cookie goes with the browser, and its session ends after a short rest (shared/users/DEVICE.md).
alter table session add shared_computer boolean not null default false;
alter table pending_sign_in add shared_computer boolean not null default false;
