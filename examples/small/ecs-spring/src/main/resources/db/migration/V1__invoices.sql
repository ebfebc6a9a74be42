create table invoices (id uuid primary key, state text not null, created_at timestamptz not null default now());
