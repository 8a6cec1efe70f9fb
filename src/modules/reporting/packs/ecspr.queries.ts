import type { RowSet } from '../figure';
import { joinFormerIssuer } from './book.queries';

/**
 * Offers that ended in the period, with or without success (recital 2), each with what is asked of it.
 *
 * Shares of a private limited company are instruments admitted for crowdfunding, not transferable
 * securities: Regulation (EU) 2020/1503, article 2(1)(n).
 */
const OFFERS = `
  SELECT p.offering_id, p.issuer_id, p.outcome, p.currency,
         CASE WHEN p.undone_at < :endsAt AND p.undone_at <= :knownAt THEN 0
              ELSE p.raised_minor END AS raised_minor,
         CASE WHEN p.instrument = 'loan-note' THEN 'LOAN'
              WHEN coalesce(former.legal_form, p.legal_form) = 'company' THEN 'EQUI'
              WHEN coalesce(former.legal_form, p.legal_form) = 'limited-liability-company' THEN 'ICFP'
              ELSE 'OTHR' END AS instrument,
         CASE p.provider_identity_kind WHEN 'lei' THEN p.provider_number ELSE '-' END AS provider,
         p.provider_number || lpad(p.project_no::text, 8, '0') AS identifier,
         coalesce(b.value, '-') AS sector, coalesce(p.owner_party_id, '-') AS owner,
         coalesce(p.owner_identity_kind, '-') AS owner_scheme,
         coalesce(former.country, p.owner_country, '-') AS owner_country
  FROM report_projects_view p
  LEFT JOIN LATERAL (
    SELECT l.value FROM report_labels_view l
    WHERE l.operator_id = p.operator_id AND l.subject IN (p.offering_id, p.issuer_id)
      AND l.label = 'nace-section' AND l.recorded_at <= :knownAt
    ORDER BY l.subject = p.offering_id DESC, l.label_no DESC LIMIT 1
  ) b ON true
  ${joinFormerIssuer('p')}
  WHERE p.operator_id = :operatorId AND p.ended_at >= :startsAt AND p.ended_at < :endsAt
    AND p.ended_at <= :knownAt`;

/** One row an order that was settled. Who invests in itself is of no class (field 9). */
const ORDERS = `
  SELECT s.subscription_id, s.investor_id, s.amount_minor, s.country AS investor_country,
         CASE WHEN s.party_id = f.owner THEN 'OTHR'
              WHEN s.tier = 'professional' THEN 'PROF'
              WHEN s.tier = 'sophisticated' THEN 'SOPH'
              WHEN s.tier = 'non-sophisticated' THEN 'RETL' ELSE '-' END AS investor_type,
         f.offering_id, f.identifier, f.instrument, f.currency
  FROM (${OFFERS}) f
  JOIN report_investments_view s ON s.operator_id = :operatorId
    AND s.offering_id = f.offering_id
  WHERE f.raised_minor > 0`;

const PROJECTS: RowSet = {
  id: 'projects',
  sql: `SELECT f.identifier AS key, f.* FROM (${OFFERS}) f`,
  columns: {
    identifier: 'text',
    offering_id: 'text',
    issuer_id: 'text',
    outcome: 'text',
    instrument: 'text',
    sector: 'text',
    currency: 'text',
    raised_minor: 'minor',
  },
};

const INVESTMENTS: RowSet = {
  id: 'investments',
  sql: `SELECT o.subscription_id AS key, o.* FROM (${ORDERS}) o`,
  columns: {
    subscription_id: 'text',
    investor_id: 'text',
    offering_id: 'text',
    identifier: 'text',
    instrument: 'text',
    investor_type: 'text',
    investor_country: 'text',
    currency: 'text',
    amount_minor: 'minor',
  },
};

/** Lines as they are filed: one a project where nothing was raised, else one a group of investors. */
const LINES: RowSet = {
  id: 'lines',
  sql: `
    SELECT f.identifier || '/' || coalesce(o.investor_type || '/' || o.investor_country, '') AS key,
           f.provider, f.identifier, f.sector, f.raised_minor, f.currency, f.owner, f.owner_scheme,
           f.owner_country, f.instrument, coalesce(o.investor_type, '-') AS investor_type,
           coalesce(o.investor_country, '-') AS investor_country,
           coalesce(o.investors, 0) AS investors, coalesce(o.invested_minor, 0) AS invested_minor
    FROM (${OFFERS}) f
    LEFT JOIN (
      SELECT o.identifier, o.investor_type, o.investor_country,
             count(DISTINCT o.investor_id) AS investors, sum(o.amount_minor) AS invested_minor
      FROM (${ORDERS}) o
      GROUP BY o.identifier, o.investor_type, o.investor_country
    ) o ON o.identifier = f.identifier`,
  columns: {
    provider: 'text',
    identifier: 'text',
    sector: 'text',
    raised_minor: 'minor',
    currency: 'text',
    owner: 'text',
    owner_scheme: 'text',
    owner_country: 'text',
    instrument: 'text',
    investor_type: 'text',
    investor_country: 'text',
    investors: 'count',
    invested_minor: 'minor',
  },
};

/** What the yearly report of funded projects is computed from. */
export const ECSPR_ROWS: readonly RowSet[] = [PROJECTS, INVESTMENTS, LINES];
