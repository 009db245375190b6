-- Made by staff or the command line, to be given to its person by hand: what anybody may ask for at the door does not end it.
alter table account_link add handed_on boolean not null default false;
