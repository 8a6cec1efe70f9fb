import type { Knex } from 'knex';

/** Events written with the change they tell of, and delivered to listeners after the commit. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE platform_outbox_events (
      operator_id     INTEGER NOT NULL,
      event_no        BIGINT GENERATED ALWAYS AS IDENTITY,
      type            TEXT COLLATE "C" NOT NULL CHECK (type ~ '^[a-z][a-z-]*[.][a-z-]+$'),
      subject         TEXT COLLATE "C" NOT NULL,
      payload         JSONB NOT NULL DEFAULT '{}',
      occurred_at     TIMESTAMPTZ NOT NULL,
      delivered_at    TIMESTAMPTZ,
      attempts        SMALLINT NOT NULL DEFAULT 0,
      next_attempt_at TIMESTAMPTZ,
      last_error      TEXT,
      dead_at         TIMESTAMPTZ,
      PRIMARY KEY (operator_id, event_no)
    ) WITH (fillfactor = 80);
    CREATE INDEX platform_outbox_events_waiting ON platform_outbox_events (operator_id, event_no)
      WHERE delivered_at IS NULL AND dead_at IS NULL;
    CREATE INDEX platform_outbox_events_failing ON platform_outbox_events (operator_id, subject)
      WHERE delivered_at IS NULL AND dead_at IS NULL AND attempts > 0;
    CREATE INDEX platform_outbox_events_dead ON platform_outbox_events (operator_id, event_no)
      WHERE dead_at IS NOT NULL;

    -- Written in the transaction of the listener, so that its effect happens once however often
    -- the event is delivered.
    CREATE TABLE platform_outbox_deliveries (
      operator_id  INTEGER NOT NULL,
      event_no     BIGINT NOT NULL,
      listener     TEXT COLLATE "C" NOT NULL,
      delivered_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, event_no, listener)
    );

    SELECT app_enable_rls('platform_outbox_events'),
           app_enable_rls('platform_outbox_deliveries', 'SELECT, INSERT');
    ALTER POLICY operator_scope ON platform_outbox_events
      USING (operator_id = (SELECT app_scope_number()))
      WITH CHECK (operator_id = (SELECT app_scope_number()));
    ALTER POLICY operator_scope ON platform_outbox_deliveries
      USING (operator_id = (SELECT app_scope_number()))
      WITH CHECK (operator_id = (SELECT app_scope_number()));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE platform_outbox_deliveries, platform_outbox_events;');
}
