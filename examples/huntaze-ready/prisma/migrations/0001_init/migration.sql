create table offers (id bigserial primary key, state text not null, starts_at timestamptz, ends_at timestamptz);
create table outbox (id bigserial primary key, payload jsonb not null);
create table accounts (id bigserial primary key, summary_due_at timestamptz);
