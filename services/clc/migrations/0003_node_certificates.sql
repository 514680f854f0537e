-- Of a cluster: the certificates of its nodes as it last reported them. Walrus gives images to their holders.
alter table component add column node_certificates text[] not null default '{}';
