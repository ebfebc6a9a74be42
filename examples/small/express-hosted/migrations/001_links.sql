create table links (id bigserial primary key, url text not null);
