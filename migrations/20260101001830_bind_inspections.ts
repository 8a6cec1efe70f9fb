import type { Knex } from 'knex';

/**
 * What an inspection may become, held by the database: one commitment at a time, ended by its draw or
 * by a withdrawal that stays; answers that a second person releases; results that are published.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ENDINGS);
  await knex.raw(RULES);
  await knex.raw(ALERTS);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER by_the_rules ON supervision_answers;
    DROP TRIGGER by_the_rules ON supervision_points;
    DROP TRIGGER by_the_rules ON supervision_draws;
    DROP TRIGGER by_the_rules ON supervision_inspections;
    DROP TABLE supervision_acknowledgements, supervision_results, supervision_withdrawals;
    DROP FUNCTION supervision_check_answer();
    DROP FUNCTION supervision_check_point();
    DROP FUNCTION supervision_check_ending();
    DROP FUNCTION supervision_check_opening();
    DROP FUNCTION supervision_refuse(TEXT);
    ALTER TABLE supervision_draws DROP COLUMN population, DROP COLUMN sample_size,
      DROP COLUMN report_sha256;
    ALTER TABLE supervision_thresholds DROP COLUMN margin;
  `);
}

const ENDINGS = `
  ALTER TABLE supervision_draws
    ADD COLUMN population INTEGER
      GENERATED ALWAYS AS (jsonb_array_length(draw::jsonb -> 'population')) STORED,
    ADD COLUMN sample_size INTEGER
      GENERATED ALWAYS AS ((draw::jsonb ->> 'sampleSize')::integer) STORED,
    ADD COLUMN report_sha256 TEXT COLLATE "C"
      GENERATED ALWAYS AS (draw::jsonb ->> 'reportSha256') STORED;

  -- A commitment that is not drawn: why, and whether its draw could have been known.
  CREATE TABLE supervision_withdrawals (
    operator_id   INTEGER NOT NULL,
    inspection_id TEXT COLLATE "C" NOT NULL,
    withdrawn_by  TEXT COLLATE "C" NOT NULL,
    withdrawn_at  TIMESTAMPTZ NOT NULL,
    reason        TEXT NOT NULL,
    -- The report it would have been drawn from; NULL where there was none yet.
    run_id        TEXT COLLATE "C",
    PRIMARY KEY (operator_id, inspection_id),
    FOREIGN KEY (operator_id, inspection_id) REFERENCES supervision_inspections (operator_id, id),
    FOREIGN KEY (operator_id, run_id) REFERENCES report_runs (operator_id, id)
  );

  -- What the authority lets everybody know came of it; a later word adds to the earlier.
  CREATE TABLE supervision_results (
    operator_id   INTEGER NOT NULL,
    inspection_id TEXT COLLATE "C" NOT NULL,
    result_no     BIGINT GENERATED ALWAYS AS IDENTITY,
    text          TEXT NOT NULL,
    published_by  TEXT COLLATE "C" NOT NULL,
    published_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, inspection_id, result_no),
    FOREIGN KEY (operator_id, inspection_id) REFERENCES supervision_draws (operator_id, inspection_id)
  );
`;

const RULES = `
  CREATE FUNCTION supervision_refuse(p_reason TEXT) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '%', p_reason USING ERRCODE = 'check_violation';
  END $$;

  -- Of several commitments an authority could draw the one it likes: it has one at a time.
  CREATE FUNCTION supervision_check_opening() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(
      'supervision/' || NEW.operator_id || '/' || NEW.authority_id, 0));
    IF EXISTS (
      SELECT FROM supervision_inspections i
      WHERE i.operator_id = NEW.operator_id AND i.authority_id = NEW.authority_id
        AND i.terms ->> 'template' = NEW.terms ->> 'template'
        AND NOT EXISTS (SELECT FROM supervision_draws d
                        WHERE d.operator_id = i.operator_id AND d.inspection_id = i.id)
        AND NOT EXISTS (SELECT FROM supervision_withdrawals w
                        WHERE w.operator_id = i.operator_id AND w.inspection_id = i.id)
    ) THEN
      PERFORM supervision_refuse('the authority has an inspection that is neither drawn nor withdrawn');
    END IF;
    RETURN NEW;
  END $$;

  -- Drawn or withdrawn, not both; drawn with the nonce of the commitment from a later report.
  CREATE FUNCTION supervision_check_ending() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    opened supervision_inspections;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('supervision/' || NEW.inspection_id, 0));
    SELECT * INTO opened FROM supervision_inspections i
    WHERE i.operator_id = NEW.operator_id AND i.id = NEW.inspection_id;
    IF TG_TABLE_NAME = 'supervision_withdrawals' THEN
      IF EXISTS (SELECT FROM supervision_draws d
                 WHERE d.operator_id = NEW.operator_id AND d.inspection_id = NEW.inspection_id) THEN
        PERFORM supervision_refuse('the inspection was drawn');
      END IF;
      RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM supervision_withdrawals w
               WHERE w.operator_id = NEW.operator_id AND w.inspection_id = NEW.inspection_id) THEN
      PERFORM supervision_refuse('the inspection was withdrawn');
    END IF;
    IF encode(sha256(convert_to(NEW.draw::jsonb ->> 'nonce', 'UTF8')), 'hex')
         IS DISTINCT FROM opened.commitment THEN
      PERFORM supervision_refuse('the nonce is not the one that was committed to');
    END IF;
    IF NOT EXISTS (SELECT FROM report_contents c
                   WHERE c.operator_id = NEW.operator_id AND c.run_id = NEW.run_id
                     AND c.known_at > opened.opened_at
                     AND c.content_hash = NEW.draw::jsonb ->> 'reportSha256') THEN
      PERFORM supervision_refuse('the report was not made after the commitment');
    END IF;
    RETURN NEW;
  END $$;

  -- What may follow what; who drafted an answer does not release it.
  CREATE FUNCTION supervision_check_point() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    last supervision_points;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('supervision/' || NEW.inspection_id, 0));
    SELECT * INTO last FROM supervision_points p
    WHERE p.operator_id = NEW.operator_id AND p.inspection_id = NEW.inspection_id
      AND p.point_no = NEW.point_no
    ORDER BY p.step_no DESC LIMIT 1;
    IF NEW.step_no IS DISTINCT FROM coalesce(last.step_no, 0) + 1 THEN
      PERFORM supervision_refuse('a step is missing before');
    ELSIF last.step IS NOT NULL AND (last.step, NEW.step) NOT IN (
      ('asked', 'drafted'), ('found', 'drafted'), ('reopened', 'drafted'), ('drafted', 'drafted'),
      ('drafted', 'released'), ('released', 'reopened'), ('released', 'settled')
    ) THEN
      PERFORM supervision_refuse(format('what was %s cannot be %s', last.step, NEW.step));
    ELSIF NEW.step = 'released' AND NEW.actor = last.actor THEN
      PERFORM supervision_refuse('who drafted an answer cannot release it');
    END IF;
    RETURN NEW;
  END $$;

  -- An authority answers what is published; what it has rejected is restated, not answered again.
  CREATE FUNCTION supervision_check_answer() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    verdict TEXT;
  BEGIN
    IF NEW.kind = 'downloaded' THEN
      RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('supervision/' || NEW.run_id, 0));
    SELECT a.kind INTO verdict FROM supervision_answers a
    WHERE a.operator_id = NEW.operator_id AND a.run_id = NEW.run_id
      AND a.authority_id = NEW.authority_id AND a.kind <> 'downloaded'
    ORDER BY a.answer_no DESC LIMIT 1;
    IF verdict = 'rejected' OR (verdict = 'acknowledged' AND NEW.kind = 'acknowledged') THEN
      PERFORM supervision_refuse(format('what is %s cannot be %s', verdict, NEW.kind));
    ELSIF NOT EXISTS (SELECT FROM report_runs r WHERE r.operator_id = NEW.operator_id
                        AND r.id = NEW.run_id AND r.state = 'published') THEN
      PERFORM supervision_refuse('the report is not published');
    END IF;
    RETURN NEW;
  END $$;

  CREATE TRIGGER by_the_rules BEFORE INSERT ON supervision_inspections
    FOR EACH ROW EXECUTE FUNCTION supervision_check_opening();
  CREATE TRIGGER by_the_rules BEFORE INSERT ON supervision_draws
    FOR EACH ROW EXECUTE FUNCTION supervision_check_ending();
  CREATE TRIGGER by_the_rules BEFORE INSERT ON supervision_withdrawals
    FOR EACH ROW EXECUTE FUNCTION supervision_check_ending();
  CREATE TRIGGER by_the_rules BEFORE INSERT ON supervision_points
    FOR EACH ROW EXECUTE FUNCTION supervision_check_point();
  CREATE TRIGGER by_the_rules BEFORE INSERT ON supervision_answers
    FOR EACH ROW EXECUTE FUNCTION supervision_check_answer();
`;

const ALERTS = `
  -- How far below a threshold an indicator must fall before it warns no longer.
  ALTER TABLE supervision_thresholds
    ADD COLUMN margin NUMERIC(36, 18) NOT NULL DEFAULT 0 CHECK (margin >= 0);

  CREATE TABLE supervision_acknowledgements (
    operator_id     INTEGER NOT NULL,
    alert_no        BIGINT NOT NULL,
    acknowledged_by TEXT COLLATE "C" NOT NULL,
    acknowledged_at TIMESTAMPTZ NOT NULL,
    note            TEXT,
    PRIMARY KEY (operator_id, alert_no),
    FOREIGN KEY (operator_id, alert_no) REFERENCES supervision_alerts (operator_id, alert_no)
  );
`;

const RIGHTS = `
  DO $$ DECLARE name TEXT; BEGIN
    FOREACH name IN ARRAY ARRAY['withdrawals', 'results', 'acknowledgements'] LOOP
      name := 'supervision_' || name;
      PERFORM app_enable_rls(name::regclass, 'SELECT, INSERT');
      PERFORM app_make_append_only(name::regclass);
      EXECUTE format('GRANT SELECT ON %I TO yunchou_regulator', name);
    END LOOP;
  END $$;
  -- Supervisors see their alerts of every operator together, and so what was said of them.
  CREATE POLICY of_installation ON supervision_acknowledgements FOR SELECT
    USING ((SELECT app_scope_number()) = 0);
`;
