import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { ReportService, Run, StoredFile } from '../reporting';
import { filingState, requireOpenTo, type FilingState, type Verdict } from './answer';
import {
  insertAnswer,
  listAnswers,
  listAnswersTo,
  lockAnswers,
  type KeptAnswer,
} from './answer.store';
import { supervisionProblem } from './errors';
import type { Visit } from './reading.service';

export interface FilingDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly reports: ReportService;
}

/** A report, and where it stands with the authority that asks. */
export interface Filing {
  readonly run: Run;
  readonly state: FilingState;
}

/** What an authority says of a report. */
export interface Response {
  readonly runId: Id<'rpt'>;
  readonly verdict: Verdict;
  /** Of a query or a rejection: why, and by when the operator is to answer or restate. */
  readonly reason?: string | undefined;
  readonly dueOn?: CalendarDate | undefined;
}

/** Reports of an operator as its authorities handle them. */
export class FilingService {
  constructor(private readonly deps: FilingDeps) {}

  async list(
    db: Db,
    { supervisor }: Visit,
    filter: Parameters<ReportService['list']>[1],
  ): Promise<readonly Filing[]> {
    const { authorityId } = supervisor;
    const runs = await this.deps.reports.list(db, filter);
    const answers = await listAnswersTo(db, { authorityId, runIds: runs.map(({ id }) => id) });
    return runs.map((run) => ({
      run,
      state: filingState(
        run,
        answers.filter(({ runId }) => runId === run.id),
      ),
    }));
  }

  /** @throws Problem `reporting.report-not-found`. */
  async get(db: Db, { supervisor }: Visit, id: Id<'rpt'>): Promise<Filing> {
    const run = await this.deps.reports.get(db, id);
    const { authorityId } = supervisor;
    const answers = await listAnswersTo(db, { authorityId, runIds: [id] });
    return { run, state: filingState(run, answers) };
  }

  /** Keeps that an authority took a file: with the report, and with what it did with the report. */
  async noteDownload(
    tx: Tx,
    { supervisor }: Visit,
    of: { readonly runId: Id<'rpt'>; readonly file: StoredFile },
  ): Promise<void> {
    const { name, sha256 } = of.file;
    await this.deps.reports.noteDownload(tx, of.runId, of.file);
    await insertAnswer(tx, {
      ...signed(supervisor),
      runId: of.runId,
      kind: 'downloaded',
      file: name,
      sha256,
      reason: undefined,
      dueOn: undefined,
      answeredAt: this.deps.clock.now(),
    });
  }

  /**
   * Acknowledges, queries or rejects a report. To say the same once more changes nothing, so that a
   * request may be repeated.
   *
   * @throws Problem `reporting.report-not-found`, `supervision.report-not-open`,
   *   `supervision.already-expired` for a deadline that is not ahead.
   */
  async respond(tx: Tx, visit: Visit, response: Response): Promise<Filing> {
    const { clock, audit, outbox } = this.deps;
    const { runId, verdict, reason, dueOn } = response;
    await lockAnswers(tx, runId);
    const before = await this.get(tx, visit, runId);
    if (before.state === verdict && (await this.isRepeated(tx, visit, response))) return before;

    const now = clock.now();
    requireOpenTo(before.state, verdict);
    if (dueOn !== undefined && dueOn <= dateIn(visit.operator.timeZone, now)) {
      throw supervisionProblem('already-expired', { detail: 'The deadline must lie ahead.' });
    }

    await insertAnswer(tx, {
      ...signed(visit.supervisor),
      runId,
      kind: verdict,
      file: undefined,
      sha256: undefined,
      reason,
      dueOn,
      answeredAt: now,
    });
    const { authorityId } = visit.supervisor;
    const details = { authority: authorityId, reason, dueOn };
    await audit.record(tx, { action: `report.${verdict}`, subject: runId, details });
    await outbox.publish(tx, { type: `report.${verdict}`, subject: runId, payload: details });
    return { ...before, state: verdict };
  }

  /** What authorities did with the operator's reports, the latest first; `limit` and one more. */
  async answers(db: Db, page: Parameters<typeof listAnswers>[1]): Promise<readonly KeptAnswer[]> {
    return listAnswers(db, page);
  }

  private async isRepeated(db: Db, { supervisor }: Visit, response: Response): Promise<boolean> {
    const { runId, reason, dueOn } = response;
    const { authorityId } = supervisor;
    const said = await listAnswersTo(db, { authorityId, runIds: [runId] });
    const last = said.findLast(({ kind }) => kind !== 'downloaded');
    return last?.reason === reason && last?.dueOn === dueOn;
  }
}

function signed({ authorityId, userId }: Visit['supervisor']) {
  return { authorityId, userId };
}
