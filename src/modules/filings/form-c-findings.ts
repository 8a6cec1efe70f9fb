import type { FormC } from './form-c';
import type {
  FiledOffering,
  FiledStatement,
  FilingFinding,
  FilingFindingCode,
} from './filed-statement';

type Statement = Omit<FiledStatement, 'findings'>;

const OFFERING = '/formData/offeringInformation';
const FIGURES = '/formData/annualReportDisclosureRequirements';
const ISSUER = '/formData/issuerInformation';
const SIGNATURES = '/formData/signatureInfo';

/**
 * What in a filing contradicts itself or cannot be meant. Ceilings and periods that a regulator
 * chose are not looked at: they are rules, and depend on the day.
 */
export function findInconsistencies(statement: Statement, formC: FormC): readonly FilingFinding[] {
  const { offering } = statement;
  return [
    ...fromSubmission(statement, formC),
    ...fromText(formC),
    ...fromSigningName(statement, formC),
    ...fromSigningDay(statement),
    ...(offering ? fromAmounts(offering) : []),
    ...(offering ? fromSecurities(offering) : []),
    ...fromFigures(statement),
  ];
}

function notice(code: FilingFindingCode, pointer: string, message: string): FilingFinding {
  return { code, severity: 'notice', message, pointer };
}

function warning(code: FilingFindingCode, pointer: string, message: string): FilingFinding {
  return { code, severity: 'warning', message, pointer };
}

function* fromSubmission(statement: Statement, formC: FormC): Generator<FilingFinding> {
  if (statement.isTest) {
    yield warning(
      'test-filing',
      '/headerData/filerInfo/liveTestFlag',
      'This is a test submission, which offers nothing.',
    );
  }
  for (const { pointer } of formC.unread) {
    yield notice(
      'unread-element',
      pointer,
      `The element ${pointer} is not known and was not read.`,
    );
  }
  if (statement.offering && statement.intermediary === undefined) {
    yield warning(
      'intermediary-missing',
      `${ISSUER}/companyName`,
      'Securities are offered, and no intermediary is named.',
    );
  }
}

/** Words that are left over from a template: never meant to be read by an investor. */
const PLACEHOLDER =
  /\bplaceholder\b|\blorem ipsum\b|\bTB[CD]\b|\bto be determined\b|\[[^\][]{1,80}\]|_{3,}/i;

/** Every text in which a template may have been left, with its pointer. */
function* fromText({ formData, headerData }: FormC): Generator<FilingFinding> {
  for (const [pointer, text] of textsWithin({ headerData, formData }, '')) {
    const found = PLACEHOLDER.exec(text);
    if (found === null) continue;
    yield warning(
      'placeholder-text',
      pointer,
      `The text still holds ${JSON.stringify(found[0].slice(0, 60))}.`,
    );
  }
}

function* textsWithin(value: unknown, pointer: string): Generator<[string, string]> {
  if (typeof value === 'string') yield [pointer, value];
  // Amounts and prices are objects too, but hold nothing that anybody wrote.
  else if (Array.isArray(value) || isPlainObject(value)) {
    for (const [key, child] of Object.entries(value))
      yield* textsWithin(child, `${pointer}/${key}`);
  }
}

function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function* fromSigningName({ issuer }: Statement, { formData }: FormC): Generator<FilingFinding> {
  const signedFor = formData?.signatureInfo?.issuerSignature?.issuer?.trim() ?? '';
  if (signedFor === '' || plain(signedFor) === plain(issuer.name)) return;
  yield notice(
    'issuer-signs-under-another-name',
    `${SIGNATURES}/issuerSignature/issuer`,
    `The issuer is ${issuer.name} and signs as ${signedFor}.`,
  );
}

function* fromSigningDay({ issuer, offering, signedOn }: Statement): Generator<FilingFinding> {
  if (signedOn === undefined) {
    yield warning('unsigned', `${SIGNATURES}/signaturePersons`, 'Nobody signed with a date.');
    return;
  }
  if (issuer.incorporatedOn !== undefined && issuer.incorporatedOn > signedOn) {
    yield warning(
      'incorporated-after-signature',
      `${ISSUER}/issuerInfo/legalStatus/dateIncorporation`,
      `The issuer was incorporated on ${issuer.incorporatedOn}, after it signed on ${signedOn}.`,
    );
  }
  if (offering && offering.deadline < signedOn) {
    yield warning(
      'deadline-before-signature',
      `${OFFERING}/deadlineDate`,
      `The deadline ${offering.deadline} had passed when the filing was signed on ${signedOn}.`,
    );
  }
}

/** A name without what differs between spellings of it. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function* fromAmounts(offering: FiledOffering): Generator<FilingFinding> {
  const { target, maximum, isOversubscriptionAccepted: isAccepted } = offering;
  const pointer = `${OFFERING}/maximumOfferingAmount`;
  if (maximum.isLessThan(target)) {
    yield warning(
      'maximum-below-target',
      pointer,
      `The maximum ${String(maximum)} is below the target ${String(target)}.`,
    );
  }
  if (!isAccepted && maximum.isMoreThan(target)) {
    yield warning(
      'maximum-without-oversubscription',
      pointer,
      `Oversubscription is not accepted, and the maximum ${String(maximum)} is above the target ${String(target)}.`,
    );
  }
  if (isAccepted && maximum.equals(target)) {
    yield notice(
      'oversubscription-without-maximum',
      pointer,
      `Oversubscription is accepted, and no maximum above the target ${String(target)} is given.`,
    );
  }
}

function* fromSecurities(offering: FiledOffering): Generator<FilingFinding> {
  if (offering.kind === 'equity' && soundsLikeDebt(offering.securityDescription)) {
    yield warning(
      'kind-unclear',
      `${OFFERING}/securityOfferedOtherDesc`,
      `${offering.securityDescription} is not filed as debt, and sounds like it.`,
    );
  }
  if (offering.price === undefined || offering.price.isZero()) {
    yield notice('price-missing', `${OFFERING}/price`, 'No price per security is given.');
    return;
  }
  yield* fromNumber(offering);
}

function soundsLikeDebt(description: string): boolean {
  return /\b(notes?|bonds?|debt|debentures?|loans?|revenue[\s-]shar(e|ing))\b/i.test(description);
}

/** The number of securities is that of the target; some filers give that of the maximum. */
function* fromNumber(offering: FiledOffering): Generator<FilingFinding> {
  const { numberOfSecurities, price, target, maximum } = offering;
  if (numberOfSecurities === undefined || price === undefined) return;
  const amount = numberOfSecurities.times(price);
  const gap = amount.minus(target.toDecimal()).abs();
  if (gap.isZero()) return;
  const pointer = `${OFFERING}/noOfSecurityOffered`;
  const product = `${numberOfSecurities.toString()} securities at ${price.toString()} are ${amount.toString()} USD`;
  if (amount.equals(maximum.toDecimal())) {
    yield notice(
      'number-and-price-give-the-maximum',
      pointer,
      `${product}: the maximum, not the target of ${String(target)}.`,
    );
  } else if (gap.lessThan(price)) {
    yield notice(
      'target-not-whole-securities',
      pointer,
      `${product}: the target of ${String(target)} is not a whole number of securities.`,
    );
  } else {
    yield warning(
      'number-and-price-give-another-amount',
      pointer,
      `${product}, and the target is ${String(target)}.`,
    );
  }
}

function* fromFigures({ figures }: Statement): Generator<FilingFinding> {
  if (!figures) return;
  for (const [year, suffix] of [
    [figures.currentYear, 'MostRecentFiscalYear'],
    [figures.priorYear, 'PriorFiscalYear'],
  ] as const) {
    const { cash, totalAssets } = year;
    if (cash && totalAssets && cash.isMoreThan(totalAssets)) {
      yield warning(
        'cash-above-total-assets',
        `${FIGURES}/cashEqui${suffix}`,
        `Cash of ${String(cash)} is more than the total assets of ${String(totalAssets)}.`,
      );
    }
  }
}
