-- Whose letter it was, as long as the person is there: an e-mail may be another person's tomorrow, and theirs another one.
alter table mail add column person_id uuid references person (id) on delete cascade;
update mail set person_id = person.id from person where person.email = mail.recipient;
create index mail_person on mail (person_id);
