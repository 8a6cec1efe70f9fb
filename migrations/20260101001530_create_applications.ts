import type { Knex } from 'knex';

/**
 * Requests of borrowers, from the first saved line to the loan: forms in versions, documents,
 * assessments, offers; the credit lists and portable credit reports beside them.
 *
 * Marks (keyed hashes of telephone, device, account, address), clusters of linked borrowers and the
 * fingerprints of projects belong to the installation, since a borrower who is refused here tries
 * there: the application role reaches them only through the functions below, which tell how many,
 * never who.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(APPLICATIONS);
  await knex.raw(EVIDENCE);
  await knex.raw(LISTS);
  await knex.raw(REPORTS);
  await knex.raw(LINKS);
  await knex.raw(PROJECTS);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION application_release_project(TEXT, TIMESTAMPTZ);
    DROP FUNCTION application_claim_project(BYTEA, TEXT, TEXT, TIMESTAMPTZ);
    DROP FUNCTION application_linked_parties(TEXT);
    DROP FUNCTION application_count_sightings(TEXT, BYTEA, TIMESTAMPTZ);
    DROP FUNCTION application_count_attempts(TEXT, TIMESTAMPTZ);
    DROP FUNCTION application_shared_marks(TEXT);
    DROP FUNCTION application_link(TEXT, TEXT, TEXT[], BYTEA[], TEXT[], INTEGER, INTEGER,
      TIMESTAMPTZ);
    DROP TABLE application_projects, application_clusters, application_sightings;
    DROP TABLE application_reports, application_report_grants;
    DROP TABLE application_appeals, application_list_entries;
    DROP TABLE application_imports, application_offers, application_assessments,
      application_submissions, application_documents, application_transitions,
      application_versions, applications;
  `);
}

const APPLICATIONS = `
  CREATE TABLE applications (
    operator_id  INTEGER NOT NULL,
    id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'app\\_%'),
    issuer_id    TEXT COLLATE "C" NOT NULL,
    party_id     TEXT COLLATE "C" NOT NULL,
    external_id  TEXT COLLATE "C",
    source       TEXT NOT NULL CHECK (source IN ('borrower', 'operations', 'import')),
    status       TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'referred', 'offered',
                   'accepted', 'listed', 'funded', 'expired', 'declined', 'withdrawn')),
    version      INTEGER NOT NULL CHECK (version > 0),
    priority     TEXT NOT NULL CHECK (priority IN ('normal', 'green')),
    -- How many other borrowers of the installation were linked with this one when it was judged.
    linked_count INTEGER NOT NULL DEFAULT 0 CHECK (linked_count >= 0),
    decision_id  TEXT COLLATE "C",
    offering_id  TEXT COLLATE "C",
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    submitted_at TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT applications_external_id UNIQUE (operator_id, external_id),
    FOREIGN KEY (operator_id, issuer_id) REFERENCES issuers (operator_id, id),
    CHECK (status = 'draft' OR submitted_at IS NOT NULL OR status = 'withdrawn'),
    CHECK (status NOT IN ('listed', 'funded') OR offering_id IS NOT NULL)
  );
  -- A borrower asks for one loan at a time; what is listed is an offering and counted as one.
  CREATE UNIQUE INDEX applications_one_open ON applications (operator_id, party_id)
    WHERE status IN ('draft', 'submitted', 'referred', 'offered', 'accepted');
  CREATE INDEX applications_by_status ON applications (operator_id, status, id);
  CREATE INDEX applications_by_issuer ON applications (operator_id, issuer_id, id);
  CREATE UNIQUE INDEX applications_by_offering ON applications (operator_id, offering_id)
    WHERE offering_id IS NOT NULL;

  CREATE TABLE application_versions (
    operator_id       INTEGER NOT NULL,
    application_id    TEXT COLLATE "C" NOT NULL,
    version           INTEGER NOT NULL,
    form              JSONB NOT NULL,
    -- Telephone, device, account, address, employer: personal, sealed as one text.
    contact_encrypted TEXT,
    changed           TEXT[] NOT NULL,
    recorded_at       TIMESTAMPTZ NOT NULL,
    recorded_by       TEXT NOT NULL,
    PRIMARY KEY (operator_id, application_id, version),
    FOREIGN KEY (operator_id, application_id) REFERENCES applications (operator_id, id)
  );
  SELECT app_make_append_only('application_versions');

  CREATE TABLE application_transitions (
    operator_id    INTEGER NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    position       INTEGER NOT NULL CHECK (position > 0),
    from_status    TEXT,
    to_status      TEXT NOT NULL,
    reason         TEXT NOT NULL,
    actor          TEXT NOT NULL,
    happened_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, application_id, position),
    FOREIGN KEY (operator_id, application_id) REFERENCES applications (operator_id, id)
  );
  SELECT app_make_append_only('application_transitions');
`;

const EVIDENCE = `
  CREATE TABLE application_documents (
    operator_id       INTEGER NOT NULL,
    application_id    TEXT COLLATE "C" NOT NULL,
    id                TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'doc\\_%'),
    kind              TEXT NOT NULL,
    title             TEXT NOT NULL,
    -- SHA-256 of the bytes in clear.
    sha256            TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content_type      TEXT NOT NULL,
    size_bytes        INTEGER NOT NULL CHECK (size_bytes > 0),
    -- Pay slips and tax returns are personal: the bytes lie sealed.
    content_encrypted TEXT NOT NULL,
    uploaded_at       TIMESTAMPTZ NOT NULL,
    uploaded_by       TEXT NOT NULL,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT application_documents_once UNIQUE (operator_id, application_id, sha256),
    FOREIGN KEY (operator_id, application_id) REFERENCES applications (operator_id, id)
  );
  SELECT app_make_append_only('application_documents');

  -- What the borrower signed when handing in: the version, its hash, declarations and consents.
  CREATE TABLE application_submissions (
    operator_id    INTEGER NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    version        INTEGER NOT NULL,
    form_sha256    TEXT COLLATE "C" NOT NULL CHECK (form_sha256 ~ '^[0-9a-f]{64}$'),
    declarations   JSONB NOT NULL,
    consents       JSONB NOT NULL,
    submitted_at   TIMESTAMPTZ NOT NULL,
    submitted_by   TEXT NOT NULL,
    PRIMARY KEY (operator_id, application_id),
    FOREIGN KEY (operator_id, application_id, version)
      REFERENCES application_versions (operator_id, application_id, version)
  );
  SELECT app_make_append_only('application_submissions');

  CREATE TABLE application_assessments (
    operator_id    INTEGER NOT NULL,
    application_id TEXT COLLATE "C" NOT NULL,
    id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'asm\\_%'),
    version        INTEGER NOT NULL,
    policy_id      TEXT NOT NULL,
    policy_hash    TEXT COLLATE "C" NOT NULL,
    -- What was judged, without names: it can be judged again.
    facts          JSONB NOT NULL,
    findings       JSONB NOT NULL,
    effects        JSONB NOT NULL,
    verdict        TEXT NOT NULL CHECK (verdict IN ('pass', 'refer', 'decline')),
    decision_id    TEXT COLLATE "C",
    assessed_at    TIMESTAMPTZ NOT NULL,
    assessed_by    TEXT NOT NULL,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, application_id, version)
      REFERENCES application_versions (operator_id, application_id, version)
  );
  CREATE INDEX application_assessments_by_application
    ON application_assessments (operator_id, application_id, id);
  SELECT app_make_append_only('application_assessments');

  CREATE TABLE application_offers (
    operator_id      INTEGER NOT NULL,
    application_id   TEXT COLLATE "C" NOT NULL,
    id               TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'ofr\\_%'),
    decision_id      TEXT COLLATE "C" NOT NULL,
    grade            TEXT NOT NULL,
    term_months      INTEGER NOT NULL CHECK (term_months > 0),
    repayment        TEXT NOT NULL,
    currency         TEXT COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    amount_minor     BIGINT NOT NULL CHECK (amount_minor > 0),
    fee_minor        BIGINT NOT NULL CHECK (fee_minor >= 0),
    instalment_minor BIGINT NOT NULL CHECK (instalment_minor > 0),
    interest_minor   BIGINT NOT NULL CHECK (interest_minor >= 0),
    rate             NUMERIC(12, 8) NOT NULL CHECK (rate >= 0),
    apr              NUMERIC(12, 8) NOT NULL CHECK (apr >= 0),
    -- The parts of the rate and the model behind them, as they were shown.
    details          JSONB NOT NULL,
    made_at          TIMESTAMPTZ NOT NULL,
    valid_until      TIMESTAMPTZ NOT NULL CHECK (valid_until > made_at),
    status           TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'lapsed', 'superseded')),
    accepted_at      TIMESTAMPTZ,
    accepted_by      TEXT,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, application_id) REFERENCES applications (operator_id, id),
    CHECK ((status = 'accepted') = (accepted_at IS NOT NULL))
  );
  CREATE INDEX application_offers_by_application
    ON application_offers (operator_id, application_id, id);
  CREATE UNIQUE INDEX application_offers_one_accepted
    ON application_offers (operator_id, application_id) WHERE status = 'accepted';
  -- What an offering of a loan rests on is found by its decision, which is for one loan.
  CREATE UNIQUE INDEX application_offers_by_decision
    ON application_offers (operator_id, decision_id) WHERE status = 'accepted';
  CREATE INDEX application_offers_due ON application_offers (operator_id, valid_until)
    WHERE status = 'open';

  -- Rows of a file that were taken: the same row again changes nothing.
  CREATE TABLE application_imports (
    operator_id    INTEGER NOT NULL,
    mapping_id     TEXT COLLATE "C" NOT NULL,
    row_key        TEXT COLLATE "C" NOT NULL,
    row_sha256     TEXT COLLATE "C" NOT NULL CHECK (row_sha256 ~ '^[0-9a-f]{64}$'),
    application_id TEXT COLLATE "C" NOT NULL,
    -- What the credit decision said, for the table of grades; absent where none was taken.
    grade          TEXT,
    pd             NUMERIC(14, 12),
    rate           NUMERIC(12, 8),
    verdict        TEXT NOT NULL CHECK (verdict IN ('pass', 'refer', 'decline')),
    -- What became of the loan, where the file knows: for judging the grades by it.
    turned_bad     BOOLEAN,
    imported_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, mapping_id, row_key),
    FOREIGN KEY (operator_id, application_id) REFERENCES applications (operator_id, id)
  );
  CREATE UNIQUE INDEX application_imports_by_application
    ON application_imports (operator_id, application_id);
  SELECT app_make_append_only('application_imports');
`;

const LISTS = `
  -- Red lists (of those who keep faith) and black lists, as their issuing bodies publish them.
  CREATE TABLE application_list_entries (
    operator_id   INTEGER NOT NULL,
    id            TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'lst\\_%'),
    colour        TEXT NOT NULL CHECK (colour IN ('red', 'black')),
    -- A party by its number, or a person by the keyed hash of name and date of birth.
    party_id      TEXT COLLATE "C" REFERENCES identity_parties (id),
    person_mark   BYTEA CHECK (octet_length(person_mark) = 32),
    subject_shown TEXT NOT NULL,
    issuing_body  TEXT NOT NULL,
    basis         TEXT NOT NULL,
    effects       TEXT[] NOT NULL CHECK (cardinality(effects) > 0),
    starts_on     DATE NOT NULL,
    -- The first day on which it has no effect any more.
    ends_on       DATE NOT NULL CHECK (ends_on > starts_on),
    status        TEXT NOT NULL CHECK (status IN ('proposed', 'in-force', 'refused', 'lifted',
                    'ended')),
    proposed_by   TEXT NOT NULL,
    proposed_at   TIMESTAMPTZ NOT NULL,
    decided_by    TEXT,
    decided_at    TIMESTAMPTZ,
    ended_at      TIMESTAMPTZ,
    ended_because TEXT,
    PRIMARY KEY (operator_id, id),
    CHECK (num_nonnulls(party_id, person_mark) = 1),
    CHECK ((status IN ('lifted', 'ended')) = (ended_at IS NOT NULL)),
    CONSTRAINT application_list_entries_four_eyes CHECK (decided_by <> proposed_by)
  );
  CREATE INDEX application_list_entries_by_party
    ON application_list_entries (operator_id, party_id) WHERE party_id IS NOT NULL;
  CREATE INDEX application_list_entries_by_person
    ON application_list_entries (operator_id, person_mark) WHERE person_mark IS NOT NULL;
  CREATE INDEX application_list_entries_due
    ON application_list_entries (operator_id, ends_on) WHERE status IN ('proposed', 'in-force');

  CREATE TABLE application_appeals (
    operator_id INTEGER NOT NULL,
    id          TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'apl\\_%'),
    entry_id    TEXT COLLATE "C" NOT NULL,
    grounds     TEXT NOT NULL,
    filed_by    TEXT NOT NULL,
    filed_at    TIMESTAMPTZ NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('open', 'upheld', 'dismissed')),
    -- One examines and recommends, another decides.
    recommended TEXT CHECK (recommended IN ('uphold', 'dismiss')),
    examined_by TEXT,
    examined_at TIMESTAMPTZ,
    decided_by  TEXT,
    decided_at  TIMESTAMPTZ,
    note        TEXT,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, entry_id) REFERENCES application_list_entries (operator_id, id),
    CHECK (num_nulls(recommended, examined_by, examined_at) IN (0, 3)),
    CHECK ((status = 'open') = (decided_at IS NULL)),
    CHECK (status = 'open' OR examined_by IS NOT NULL),
    CONSTRAINT application_appeals_four_eyes CHECK (decided_by <> examined_by)
  );
  CREATE UNIQUE INDEX application_appeals_one_open
    ON application_appeals (operator_id, entry_id) WHERE status = 'open';
`;

const REPORTS = `
  -- Who may have the report of whom, what of it, and until when; the subject grants and revokes.
  CREATE TABLE application_report_grants (
    operator_id INTEGER NOT NULL,
    id          TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'grt\\_%'),
    issuer_id   TEXT COLLATE "C" NOT NULL,
    party_id    TEXT COLLATE "C" NOT NULL,
    recipient   TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    parts       TEXT[] NOT NULL CHECK (cardinality(parts) > 0),
    token_hash  TEXT COLLATE "C" NOT NULL CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    granted_by  TEXT NOT NULL,
    granted_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL CHECK (expires_at > granted_at),
    revoked_at  TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT application_report_grants_token UNIQUE (operator_id, token_hash),
    FOREIGN KEY (operator_id, issuer_id) REFERENCES issuers (operator_id, id)
  );
  CREATE INDEX application_report_grants_by_issuer
    ON application_report_grants (operator_id, issuer_id, id);

  -- Every report that was handed out, so that it can be said what was told to whom.
  CREATE TABLE application_reports (
    operator_id INTEGER NOT NULL,
    id          TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'crp\\_%'),
    grant_id    TEXT COLLATE "C" NOT NULL,
    sha256      TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    key_id      TEXT NOT NULL,
    jws_encrypted TEXT NOT NULL,
    issued_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, grant_id) REFERENCES application_report_grants (operator_id, id)
  );
  CREATE INDEX application_reports_by_grant ON application_reports (operator_id, grant_id, id);
  SELECT app_make_append_only('application_reports');
`;

const LINKS = `
  -- Which mark was seen on which application. Marks are keyed hashes: equal or not, nothing else.
  CREATE TABLE application_sightings (
    kind           TEXT NOT NULL,
    mark           BYTEA NOT NULL CHECK (octet_length(mark) = 32),
    application_id TEXT COLLATE "C" NOT NULL,
    party_id       TEXT COLLATE "C" NOT NULL REFERENCES identity_parties (id),
    operator_id    INTEGER NOT NULL,
    seen_at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (kind, mark, application_id)
  );
  CREATE INDEX application_sightings_by_party ON application_sightings (party_id, seen_at);
  SELECT app_make_append_only('application_sightings');

  -- The group of linked borrowers each party is in, named by its least member.
  CREATE TABLE application_clusters (
    party_id   TEXT COLLATE "C" PRIMARY KEY REFERENCES identity_parties (id),
    cluster_id TEXT COLLATE "C" NOT NULL
  );
  CREATE INDEX application_clusters_by_cluster ON application_clusters (cluster_id);

  -- Records the marks of an application and joins its party with every party that shares a strong
  -- mark, or enough weak ones, with it. A mark that more than p_hub parties bear (the device of a
  -- branch, the telephone of a call centre) links nobody. One at a time in the installation: a
  -- union of two groups must not pass another one by.
  CREATE FUNCTION application_link(
      p_application TEXT, p_party TEXT, p_kinds TEXT[], p_marks BYTEA[], p_strong TEXT[],
      p_weak_needed INTEGER, p_hub INTEGER, p_at TIMESTAMPTZ) RETURNS BIGINT
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE
    v_operator_id INTEGER := app_operator_id();
    v_groups TEXT[];
    v_group TEXT;
  BEGIN
    IF v_operator_id IS NULL THEN
      RAISE EXCEPTION 'an application is linked by an operator'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('applications: clusters', 0));
    INSERT INTO application_sightings (kind, mark, application_id, party_id, operator_id, seen_at)
      SELECT t.kind, t.mark, p_application, p_party, v_operator_id, p_at
      FROM unnest(p_kinds, p_marks) AS t (kind, mark) ON CONFLICT DO NOTHING;
    INSERT INTO application_clusters (party_id, cluster_id) VALUES (p_party, p_party)
      ON CONFLICT DO NOTHING;
    WITH mine AS (
      SELECT DISTINCT s.kind, s.mark FROM application_sightings s WHERE s.party_id = p_party
    ), shared AS (
      SELECT s.party_id, s.kind FROM mine m
      JOIN application_sightings s ON s.kind = m.kind AND s.mark = m.mark
      WHERE s.party_id <> p_party AND (
        SELECT count(DISTINCT h.party_id) FROM application_sightings h
        WHERE h.kind = m.kind AND h.mark = m.mark) <= p_hub
    ), linked AS (
      SELECT s.party_id FROM shared s GROUP BY s.party_id
      HAVING bool_or(s.kind = ANY (p_strong)) OR count(DISTINCT s.kind) >= p_weak_needed
    )
    SELECT array_agg(DISTINCT c.cluster_id), min(c.cluster_id) INTO v_groups, v_group
    FROM application_clusters c
    WHERE c.party_id = p_party OR c.party_id IN (SELECT l.party_id FROM linked l);
    UPDATE application_clusters c SET cluster_id = v_group
    WHERE c.cluster_id = ANY (v_groups) AND c.cluster_id <> v_group;
    RETURN (SELECT count(*) - 1 FROM application_clusters c WHERE c.cluster_id = v_group);
  END $$;

  -- How many other parties bear each kind of mark this application bears.
  CREATE FUNCTION application_shared_marks(p_application TEXT)
    RETURNS TABLE (kind TEXT, parties BIGINT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.kind, count(DISTINCT s.party_id)
    FROM application_sightings m
    JOIN application_sightings s ON s.kind = m.kind AND s.mark = m.mark
      AND s.party_id <> m.party_id
    WHERE m.application_id = p_application AND m.operator_id = app_operator_id()
    GROUP BY m.kind
  $$;

  -- Applications of a party that were handed in since, at any operator.
  CREATE FUNCTION application_count_attempts(p_party TEXT, p_since TIMESTAMPTZ) RETURNS BIGINT
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT s.application_id) FROM application_sightings s
    WHERE s.party_id = p_party AND s.seen_at >= p_since
  $$;

  -- Applications on which a mark was seen since, at any operator.
  CREATE FUNCTION application_count_sightings(p_kind TEXT, p_mark BYTEA, p_since TIMESTAMPTZ)
    RETURNS BIGINT
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM application_sightings s
    WHERE s.kind = p_kind AND s.mark = p_mark AND s.seen_at >= p_since
  $$;

  -- The other parties of a party's group, for caps that count linked borrowers as one. The ids are
  -- opaque and go from here to the caps; nobody is shown them. Call it after application_link, which
  -- keeps every other application waiting.
  CREATE FUNCTION application_linked_parties(p_party TEXT) RETURNS TABLE (party_id TEXT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.party_id FROM application_clusters c
    WHERE c.cluster_id = (SELECT m.cluster_id FROM application_clusters m
                          WHERE m.party_id = p_party)
      AND c.party_id <> p_party
    ORDER BY c.party_id
  $$;
`;

const PROJECTS = `
  -- What each open application asks money for. The same project is financed once at a time, at
  -- whichever operator.
  CREATE TABLE application_projects (
    application_id TEXT COLLATE "C" PRIMARY KEY,
    fingerprint    BYTEA NOT NULL CHECK (octet_length(fingerprint) = 32),
    party_id       TEXT COLLATE "C" NOT NULL REFERENCES identity_parties (id),
    operator_id    INTEGER NOT NULL,
    claimed_at     TIMESTAMPTZ NOT NULL,
    released_at    TIMESTAMPTZ CHECK (released_at >= claimed_at)
  );
  CREATE UNIQUE INDEX application_projects_one_open ON application_projects (fingerprint)
    WHERE released_at IS NULL;

  -- Whether the project was free, or this application has it already.
  CREATE FUNCTION application_claim_project(
      p_fingerprint BYTEA, p_application TEXT, p_party TEXT, p_at TIMESTAMPTZ) RETURNS BOOLEAN
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    INSERT INTO application_projects (application_id, fingerprint, party_id, operator_id,
        claimed_at)
      VALUES (p_application, p_fingerprint, p_party, app_operator_id(), p_at)
      ON CONFLICT DO NOTHING;
    RETURN EXISTS (
      SELECT FROM application_projects p
      WHERE p.application_id = p_application AND p.operator_id = app_operator_id()
        AND p.fingerprint = p_fingerprint AND p.released_at IS NULL);
  END $$;

  CREATE FUNCTION application_release_project(p_application TEXT, p_at TIMESTAMPTZ)
    RETURNS BOOLEAN
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    UPDATE application_projects p SET released_at = p_at
    WHERE p.application_id = p_application AND p.operator_id = app_operator_id()
      AND p.released_at IS NULL;
    RETURN FOUND;
  END $$;
`;

const RIGHTS = `
  SELECT app_enable_rls('applications', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('application_versions', 'SELECT, INSERT');
  SELECT app_enable_rls('application_transitions', 'SELECT, INSERT');
  SELECT app_enable_rls('application_documents', 'SELECT, INSERT');
  SELECT app_enable_rls('application_submissions', 'SELECT, INSERT');
  SELECT app_enable_rls('application_assessments', 'SELECT, INSERT');
  SELECT app_enable_rls('application_offers', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('application_imports', 'SELECT, INSERT');
  SELECT app_enable_rls('application_list_entries', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('application_appeals', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('application_report_grants', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('application_reports', 'SELECT, INSERT');
`;
