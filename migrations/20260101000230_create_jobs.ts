import type { Knex } from 'knex';

/**
 * Runs of jobs, and the sandbox's clock. No row-level security here: the scheduler works across
 * operators, and the rows hold nothing of anybody's business.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE platform_job_schedules (
      job         TEXT COLLATE "C" NOT NULL,
      operator_id INTEGER NOT NULL,
      planned_to  TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (job, operator_id)
    );
    COMMENT ON COLUMN platform_job_schedules.operator_id IS '0 stands for the installation.';
    COMMENT ON COLUMN platform_job_schedules.planned_to IS
      'Every due time up to here has its row in platform_job_runs, or was passed over on purpose.';

    CREATE TABLE platform_job_runs (
      job              TEXT COLLATE "C" NOT NULL,
      operator_id      INTEGER NOT NULL,
      due_at           TIMESTAMPTZ NOT NULL,
      state            TEXT NOT NULL
        CHECK (state IN ('due', 'leased', 'succeeded', 'failed', 'abandoned')),
      attempts         SMALLINT NOT NULL DEFAULT 0,
      lease_token      TEXT COLLATE "C",
      lease_expires_at TIMESTAMPTZ,
      next_attempt_at  TIMESTAMPTZ,
      batches          INTEGER NOT NULL DEFAULT 0,
      outcome          TEXT,
      last_error       TEXT,
      started_at       TIMESTAMPTZ,
      finished_at      TIMESTAMPTZ,
      PRIMARY KEY (job, operator_id, due_at),
      CHECK ((state = 'leased') = (lease_token IS NOT NULL AND lease_expires_at IS NOT NULL))
    );
    CREATE INDEX platform_job_runs_open ON platform_job_runs (due_at, job, operator_id)
      WHERE state IN ('due', 'leased', 'failed');

    CREATE TABLE platform_clock (
      is_only   BOOLEAN PRIMARY KEY DEFAULT true CHECK (is_only),
      offset_ms BIGINT NOT NULL CHECK (offset_ms >= 0)
    );
    COMMENT ON TABLE platform_clock IS 'How far the sandbox is ahead of the machine''s clock.';

    GRANT SELECT, INSERT, UPDATE ON platform_job_schedules, platform_clock TO yunchou_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON platform_job_runs TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE platform_clock, platform_job_runs, platform_job_schedules;');
}
