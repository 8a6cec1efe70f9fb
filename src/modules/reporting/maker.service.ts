import { setTimeout as pause } from 'node:timers/promises';
import { must } from '../../kernel/assert';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { DocumentSigner } from '../../platform/auth';
import type { Audit } from '../../platform/audit';
import { isConnectionLoss, type Database, type Db, type Scope, type Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { Seal } from '../../platform/pdf';
import type { PartyService } from '../identity';
import type { ReportComputer } from './content.service';
import { changesBetween, type ChangedField } from './difference';
import { reportProblem } from './errors';
import type { ReportContent } from './figure';
import { filesOf } from './files.service';
import { sha256 } from './signing.service';
import { hasReplayed, isEveningOpen, readHeads, readWritten } from './reach.store';
import type { Pack, PartyNumbers } from './pack';
import type { Made, Run, RunKey } from './run';
import * as store from './store';
import type { KeptTemplate, ReportTemplates } from './template.schema';

export interface MakerDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly signer: DocumentSigner;
  readonly seal: Seal;
  readonly templates: ReportTemplates;
  readonly computer: ReportComputer;
  readonly parties: Pick<PartyService, 'revealNumber'>;
  /** Where contents are computed, so that it costs whoever trades nothing. */
  readonly replica?: Pick<Database, 'read'> | undefined;
}

/** What is recorded has been committed after so long: no transaction takes longer. */
export const SETTLED_MS = 60_000;

/** How long a report waits for a replica; after that, until it is tried again. */
const WAITING_STEPS = 20;
const WAITING_STEP_MS = 100;

/** Makes reports: computes, checks, writes the files, signs and publishes, all or nothing. */
export class ReportMaker {
  constructor(private readonly deps: MakerDeps) {}

  /**
   * Makes a run that is scheduled, in the caller's transaction: what fails leaves nothing.
   *
   * @returns false where an evening of its period is still being closed, or the replica is not as far
   *   as the records.
   */
  async make(tx: Tx, run: Run): Promise<boolean> {
    const { clock } = this.deps;
    // It reads everything there is; the time a request may take is not its measure.
    await tx.query(`SELECT set_config('statement_timeout', '0', true)`);
    const template = this.templateOf(run);
    const now = clock.now();
    const knownAt = new Date(now.getTime() - SETTLED_MS);
    if (await isEveningOpen(tx, { asOf: run.period.to, knownAt })) return false;
    const heads = await readHeads(tx);
    const of = { templateHash: template.hash, knownAt, heads };
    const content = await this.compute(tx, template, keyOf(run, of));
    if (content === undefined) return false;
    const text = canonicalJson(asJson(content));
    const pack = this.deps.computer.packOf(template);
    const numbers = await this.numbersOf(tx, pack, content);
    const findings = pack.validate(content, numbers);
    const made: Made = { ...of, contentHash: sha256(text), findings, generatedAt: now };
    await store.insertContent(tx, { id: run.id, content: text, made });
    await store.insertEvent(tx, { runId: run.id, event: 'generated', at: now });
    if (findings.length > 0) await this.hold(tx, run, made);
    else await this.publish(tx, run, { template, pack, content, numbers, text, made });
    return true;
  }

  /**
   * Computes a run again from its key.
   *
   * @param knownAt as if it were made with what was known then; as it was made where left out.
   * @throws Problem `reporting.not-made-yet`.
   */
  async again(db: Db, run: Run, knownAt?: Date): Promise<string> {
    const key = this.keyOfMade(run);
    const asked = knownAt === undefined ? key : { ...key, knownAt };
    return canonicalJson(asJson(await this.deps.computer.compute(db, this.templateOf(run), asked)));
  }

  /** @throws Problem `reporting.not-made-yet`. */
  keyOfMade(run: Run): RunKey {
    if (run.made === undefined) throw reportProblem('not-made-yet');
    return keyOf(run, run.made);
  }

  /** The template as it was when the run was made: versions are kept, and never edited. */
  templateOf({ templateId, templateVersion }: Run): KeptTemplate {
    return must(
      this.deps.templates.find(templateId, templateVersion),
      `template ${templateId}/${templateVersion}`,
    );
  }

  /** @returns undefined where there is a replica that does not come to see everything committed. */
  private async compute(
    tx: Tx,
    template: KeptTemplate,
    key: RunKey,
  ): Promise<ReportContent | undefined> {
    const { computer, replica } = this.deps;
    if (replica === undefined) return computer.compute(tx, template, key);
    const written = await readWritten(tx);
    try {
      // In a snapshot of its own: what is computed afterwards sees what was there by then.
      if (!(await comesAsFar(replica, tx.scope, written))) return undefined;
      return await replica.read(tx.scope, (db) => computer.compute(db, template, key));
    } catch (cause) {
      throw isConnectionLoss(cause) ? reportProblem('replica-unavailable', { cause }) : cause;
    }
  }

  /** Keeps a report that breaks a rule of its own from being signed, and says so. */
  private async hold(tx: Tx, run: Run, { findings }: Made): Promise<void> {
    await store.setState(tx, { id: run.id, state: 'generated' });
    await this.deps.outbox.publish(tx, {
      type: 'report.held',
      subject: run.id,
      payload: { findings: findings.map((finding) => ({ ...finding })) },
    });
  }

  private async publish(
    tx: Tx,
    run: Run,
    of: {
      readonly template: KeptTemplate;
      readonly pack: Pack;
      readonly content: ReportContent;
      readonly numbers: PartyNumbers;
      readonly text: string;
      readonly made: Made;
    },
  ): Promise<void> {
    const { audit, outbox } = this.deps;
    const at = of.made.generatedAt;
    const superseded = await store.listSuperseded(tx, run.id);
    const changes = await this.changesOf(tx, superseded, of.content);
    const operator = this.deps.computer.nameOf(run);
    const files = await filesOf({ run, operator, ...of, changes, generatedAt: at }, this.deps);
    await store.insertFiles(tx, run.id, files);
    for (const event of ['validated', 'signed', 'published'] as const) {
      await store.insertEvent(tx, { runId: run.id, event, at });
    }
    await store.setState(tx, { id: run.id, state: 'published' });
    for (const { id } of superseded) {
      await store.setState(tx, { id, state: 'restated' });
      await store.insertEvent(tx, { runId: id, event: 'restated', at });
    }
    const details = {
      template: run.templateId,
      from: run.period.from,
      contentSha256: of.made.contentHash,
      ...(run.supersedes === undefined ? {} : { supersedes: run.supersedes }),
    };
    await audit.record(tx, { action: 'report.published', subject: run.id, details });
    await outbox.publish(tx, { type: 'report.published', subject: run.id, payload: details });
  }

  /** Each is a use of the number, and is audited as one. */
  private async numbersOf(tx: Tx, pack: Pack, content: ReportContent): Promise<PartyNumbers> {
    const numbers = new Map<Id<'pty'>, string>();
    for (const id of pack.parties?.(content) ?? []) {
      numbers.set(id, await this.deps.parties.revealNumber(tx, id, `report ${pack.id}`));
    }
    return numbers;
  }

  /** Against what was filed last: what was held in between went to nobody. */
  private async changesOf(
    db: Db,
    superseded: Awaited<ReturnType<typeof store.listSuperseded>>,
    content: ReportContent,
  ): Promise<readonly ChangedField[] | undefined> {
    const filed = superseded.find(({ state }) => state === 'published') ?? superseded[0];
    if (filed === undefined) return undefined;
    const before = await store.readContent(db, filed.id);
    const text = must(before, 'the content of the report that is restated');
    return changesBetween(JSON.parse(text) as ReportContent, content);
  }
}

/** A replica is always a little behind: whether it comes in time to where the records were. */
async function comesAsFar(
  replica: Pick<Database, 'read'>,
  scope: Scope,
  written: string,
): Promise<boolean> {
  for (let step = 0; step < WAITING_STEPS; step += 1) {
    if (step > 0) await pause(WAITING_STEP_MS);
    if (await replica.read(scope, (db) => hasReplayed(db, written))) return true;
  }
  return false;
}

function keyOf(run: Run, made: Pick<Made, 'templateHash' | 'knownAt' | 'heads'>): RunKey {
  const { templateId, templateVersion, operatorId, period } = run;
  const { templateHash, knownAt, heads } = made;
  return {
    templateId,
    templateVersion,
    templateHash,
    operatorId,
    period,
    asOf: period.to,
    knownAt,
    heads,
  };
}

/** A content is plain JSON by its types; absent members are left out. */
function asJson(content: ReportContent): Json {
  return content as unknown as Json;
}
