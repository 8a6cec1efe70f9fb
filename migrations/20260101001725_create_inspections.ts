import type { Knex } from 'knex';

/**
 * Inspections: what was committed to before the report was made, the draw that followed from it, and
 * what the sides said to each other about it. Nothing here is changed once it is there.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE supervision_inspections (
      operator_id  INTEGER NOT NULL,
      id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'isp\\_%'),
      authority_id TEXT COLLATE "C" NOT NULL,
      opened_by    TEXT COLLATE "C" NOT NULL,
      opened_at    TIMESTAMPTZ NOT NULL,
      commitment   TEXT COLLATE "C" NOT NULL CHECK (commitment ~ '^[0-9a-f]{64}$'),
      terms        JSONB NOT NULL,
      PRIMARY KEY (operator_id, id),
      -- A nonce that was shown once is no secret.
      CONSTRAINT supervision_inspections_commitment UNIQUE (operator_id, authority_id, commitment)
    );

    CREATE TABLE supervision_draws (
      operator_id   INTEGER NOT NULL,
      inspection_id TEXT COLLATE "C" NOT NULL,
      run_id        TEXT COLLATE "C" NOT NULL,
      drawn_at      TIMESTAMPTZ NOT NULL,
      -- The very text that is published.
      draw          TEXT NOT NULL CHECK (draw::jsonb IS NOT NULL),
      PRIMARY KEY (operator_id, inspection_id),
      FOREIGN KEY (operator_id, inspection_id) REFERENCES supervision_inspections (operator_id, id),
      FOREIGN KEY (operator_id, run_id) REFERENCES report_runs (operator_id, id)
    );

    -- Questions and findings are points; an answer counts once a second person has released it.
    CREATE TABLE supervision_points (
      operator_id   INTEGER NOT NULL,
      inspection_id TEXT COLLATE "C" NOT NULL,
      point_no      INTEGER NOT NULL CHECK (point_no > 0),
      step_no       INTEGER NOT NULL CHECK (step_no > 0),
      step          TEXT COLLATE "C" NOT NULL
                      CHECK (step IN ('asked', 'found', 'drafted', 'released', 'reopened', 'settled')),
      case_key      TEXT COLLATE "C",
      text          TEXT,
      due_on        DATE,
      actor         TEXT COLLATE "C" NOT NULL,
      happened_at   TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, inspection_id, point_no, step_no),
      FOREIGN KEY (operator_id, inspection_id) REFERENCES supervision_inspections (operator_id, id),
      CHECK ((step_no = 1) = (step IN ('asked', 'found'))),
      CHECK ((step IN ('asked', 'found', 'drafted', 'reopened')) = (text IS NOT NULL)),
      CHECK ((step IN ('asked', 'found', 'reopened')) = (due_on IS NOT NULL))
    );

    DO $$ DECLARE name TEXT; BEGIN
      FOREACH name IN ARRAY ARRAY['inspections', 'draws', 'points'] LOOP
        name := 'supervision_' || name;
        PERFORM app_enable_rls(name::regclass, 'SELECT, INSERT');
        PERFORM app_make_append_only(name::regclass);
        EXECUTE format('GRANT SELECT ON %I TO yunchou_regulator', name);
      END LOOP;
    END $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE supervision_points, supervision_draws, supervision_inspections;
  `);
}
