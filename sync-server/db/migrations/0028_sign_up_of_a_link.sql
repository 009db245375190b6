-- What somebody chose when they signed up, until the link of their letter makes it true: whoever signs up with somebody else's e-mail chooses nothing for its owner.
alter table account_link add sign_up jsonb;
update account_link set sign_up = jsonb_build_object('name', person.name, 'passwordHash', person.password_hash)
from person where person.id = account_link.person_id and purpose = 'verify' and used_at is null and person.password_hash is not null;
