-- What the CLC last said of keys, accounts, certificates and nodes: it stands in while the CLC is away, also after a restart of Walrus.
-- Secret keys are in it as the CLC sends them: encrypted for the certificate of this Walrus.
create table known_answer (
  kind      text not null,
  name      text collate "C" not null,
  answer    jsonb not null,
  -- When the question was asked.
  asked_at  timestamptz(3) not null,
  primary key (kind, name)
);
create index known_answer_age on known_answer (asked_at);
