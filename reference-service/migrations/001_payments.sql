-- The dedup row is the one guard against a second effect: (consumer, event, operation).
CREATE TABLE processed_events (
  consumer     text NOT NULL,
  event_id     text NOT NULL,
  operation    text NOT NULL,
  payment_id   text NOT NULL,
  -- What the event said: a second content under one id is a conflict, not a repeat.
  fingerprint  text NOT NULL,
  processed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, event_id, operation)
);
CREATE INDEX processed_events_age ON processed_events (processed_at);

CREATE TABLE accounts (
  account_id text PRIMARY KEY,
  -- Amounts of two currencies cannot be added.
  currency   text NOT NULL,
  balance    bigint NOT NULL,
  version    bigint NOT NULL
);

CREATE TABLE ledger_entries (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id   text NOT NULL,
  payment_id text NOT NULL,
  account_id text NOT NULL,
  amount     bigint NOT NULL,
  currency   text NOT NULL
);

CREATE TABLE capture_intents (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id        text NOT NULL,
  payment_id      text NOT NULL,
  account_id      text NOT NULL,
  amount          bigint NOT NULL,
  currency        text NOT NULL,
  idempotency_key text NOT NULL,
  state           text NOT NULL DEFAULT 'pending'
                  CHECK (state IN ('pending', 'in_flight', 'captured', 'failed', 'unresolved')),
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  lease_until     timestamptz,
  provider_id     text,
  reason          text
);
CREATE INDEX capture_intents_open ON capture_intents (next_attempt_at)
  WHERE state IN ('pending', 'in_flight');
CREATE INDEX capture_intents_unresolved ON capture_intents (id) WHERE state = 'unresolved';

CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id     text NOT NULL,
  payment_id   text NOT NULL,
  payload      text NOT NULL,
  published_at timestamptz
);
CREATE INDEX outbox_age ON outbox (published_at);
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_order ON outbox (payment_id, id) WHERE published_at IS NULL;

CREATE TABLE dead_letters (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic       text NOT NULL,
  partition   integer NOT NULL,
  kafka_offset bigint NOT NULL,
  reason      text NOT NULL,
  payload     text,
  UNIQUE (topic, partition, kafka_offset)
);

-- What the consumer of settled payments does.
CREATE TABLE settlements (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id   text NOT NULL,
  payment_id text NOT NULL,
  amount     bigint NOT NULL
);
