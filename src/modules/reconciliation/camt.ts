import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { asCurrency, type Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { parseXml, writeXml, xmlElement, type XmlElement } from '../../platform/xml';
import { reconciliationProblem } from './errors';
import { LineFaults, type BankLine, type BankStatement } from './statement';

/**
 * ISO 20022 camt.053 (BankToCustomerStatement), any version: of it what a reconciliation needs. One
 * statement a file. Entries that are pending are left out, since no balance counts them.
 */
const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.';
/** The version that is written. */
const WRITTEN = `${NAMESPACE}08`;
/** What a bank writes where there is no end-to-end id. */
const NOT_PROVIDED = 'NOTPROVIDED';

/** @throws Problem `reconciliation.statement-unreadable`, `reconciliation.statement-lines`. */
export function readCamt(xml: string): BankStatement {
  const root = parseXml(xml, (_, detail) => unreadable(detail));
  if (root.name !== 'Document' || !root.namespace.startsWith(NAMESPACE)) {
    throw unreadable(`It is no camt.053: ${root.namespace || root.name}`);
  }
  const statements = all(root, 'BkToCstmrStmt', 'Stmt');
  const [statement] = statements;
  if (!statement || statements.length > 1) {
    throw unreadable(`It has ${statements.length} statements, not one.`);
  }
  return readStatement(statement);
}

function readStatement(statement: XmlElement): BankStatement {
  const opening = balanceOf(statement, ['OPBD', 'PRCD']);
  const closing = balanceOf(statement, ['CLBD']);
  const { currency } = closing.amount;
  const from = text(statement, 'FrToDt', 'FrDtTm') ?? text(statement, 'FrToDt', 'FrDt');
  const account =
    text(statement, 'Acct', 'Id', 'IBAN') ?? text(statement, 'Acct', 'Id', 'Othr', 'Id');
  if (account === undefined) throw unreadable('It names no account.');
  const number = text(statement, 'ElctrncSeqNb');
  return {
    account,
    currency,
    statementRef: text(statement, 'Id') ?? '',
    sequenceNo: number === undefined ? undefined : Number(number),
    fromOn: from === undefined ? closing.on : day(from),
    toOn: closing.on,
    opening: opening.amount,
    closing: closing.amount,
    lines: readLines(all(statement, 'Ntry'), currency),
  };
}

function balanceOf(statement: XmlElement, codes: readonly string[]) {
  const found = codes
    .map((code) =>
      all(statement, 'Bal').find((each) => text(each, 'Tp', 'CdOrPrtry', 'Cd') === code),
    )
    .find((each) => each !== undefined);
  if (!found) throw unreadable(`It has no balance ${codes.join(' or ')}.`);
  const on = text(found, 'Dt', 'Dt') ?? text(found, 'Dt', 'DtTm') ?? '';
  return { amount: signedAmount(found), on: day(on) };
}

function readLines(entries: readonly XmlElement[], currency: Currency): readonly BankLine[] {
  const faults = new LineFaults();
  const lines = entries.flatMap((entry, index) => {
    const status = text(entry, 'Sts', 'Cd') ?? text(entry, 'Sts');
    if (status !== 'BOOK') return [];
    const line = faults.at(index + 1, () => readLine(entry, index + 1));
    if (line && line.amount.currency !== currency) {
      faults.add(index + 1, `It is in ${line.amount.currency}, the account in ${currency}.`);
    }
    return line ? [line] : [];
  });
  faults.refuseAny();
  return lines;
}

function readLine(entry: XmlElement, no: number): BankLine {
  const details = all(entry, 'NtryDtls', 'TxDtls');
  const bankRef =
    text(entry, 'AcctSvcrRef') ??
    details.map((each) => text(each, 'Refs', 'AcctSvcrRef')).find((ref) => ref !== undefined);
  const amount = signedAmount(entry);
  const refs = [bankRef, ...details.flatMap(refsOf)].filter((ref) => ref !== undefined);
  return {
    no,
    bookedOn: day(text(entry, 'BookgDt', 'Dt') ?? text(entry, 'BookgDt', 'DtTm') ?? ''),
    amount,
    bankRef,
    refs: [...new Set(refs)],
    text: details
      .map((each) => text(each, 'RmtInf', 'Ustrd'))
      .filter((said) => said !== undefined)
      .join(' '),
    counterparty: details.length === 1 ? counterpartyOf(details[0], amount) : undefined,
  };
}

/** A returned payment names the end-to-end id of what it returns, which is not its own. */
function refsOf(details: XmlElement): readonly (string | undefined)[] {
  const own = text(details, 'Refs', 'AcctSvcrRef');
  if (all(details, 'RtrInf').length > 0) return [own];
  const ours = [text(details, 'Refs', 'EndToEndId'), text(details, 'Refs', 'InstrId')];
  return [own, ...ours.filter((ref) => ref !== NOT_PROVIDED)];
}

function counterpartyOf(details: XmlElement | undefined, amount: Money) {
  const role = amount.isNegative ? 'Cdtr' : 'Dbtr';
  const [parties] = details ? all(details, 'RltdPties') : [];
  if (!parties) return undefined;
  const name = text(parties, role, 'Pty', 'Nm') ?? text(parties, role, 'Nm');
  if (name === undefined) return undefined;
  const account =
    text(parties, `${role}Acct`, 'Id', 'IBAN') ?? text(parties, `${role}Acct`, 'Id', 'Othr', 'Id');
  return { name, account: account ?? '' };
}

function signedAmount(element: XmlElement): Money {
  const [written] = all(element, 'Amt');
  const side = text(element, 'CdtDbtInd');
  if (!written || (side !== 'CRDT' && side !== 'DBIT')) {
    throw unreadable('An amount has no figure, or no side.');
  }
  const amount = Money.parse(
    plainFigure(written.text.trim()),
    asCurrency(written.attributes['Ccy'] ?? ''),
  );
  return side === 'CRDT' ? amount : amount.negated();
}

/** Some banks write `100.000`: more zeros than the currency has digits. */
function plainFigure(figure: string): string {
  return figure.includes('.') ? figure.replace(/0+$/, '').replace(/\.$/, '') : figure;
}

function day(written: string): CalendarDate {
  return calendarDate(written.trim().slice(0, 10));
}

function all(element: XmlElement, ...path: readonly string[]): readonly XmlElement[] {
  return path.reduce<readonly XmlElement[]>(
    (found, name) => found.flatMap(({ children }) => children.filter((each) => each.name === name)),
    [element],
  );
}

function text(element: XmlElement, ...path: readonly string[]): string | undefined {
  const said = all(element, ...path)[0]?.text.trim();
  return said === '' ? undefined : said;
}

function unreadable(detail: string): Error {
  return reconciliationProblem('statement-unreadable', { detail });
}

/** A statement as a bank would send it, of the version of 2019. */
export function writeCamt(statement: BankStatement, createdAt: Date): string {
  const { account, currency, fromOn, toOn, opening, closing } = statement;
  const at = createdAt.toISOString();
  const root = tag('Document', [
    tag('BkToCstmrStmt', [
      tag('GrpHdr', [tag('MsgId', statement.statementRef), tag('CreDtTm', at)]),
      tag('Stmt', [
        tag('Id', statement.statementRef),
        statement.sequenceNo === undefined
          ? undefined
          : tag('ElctrncSeqNb', String(statement.sequenceNo)),
        tag('CreDtTm', at),
        tag('FrToDt', [tag('FrDtTm', `${fromOn}T00:00:00`), tag('ToDtTm', `${toOn}T23:59:59`)]),
        tag('Acct', [tag('Id', [tag('Othr', [tag('Id', account)])]), tag('Ccy', currency)]),
        balance('OPBD', opening, fromOn),
        balance('CLBD', closing, toOn),
        ...statement.lines.map(entryOf),
      ]),
    ]),
  ]);
  return writeXml(root, { [WRITTEN]: '' });
}

function entryOf(line: BankLine): XmlElement {
  const endToEnd = line.refs.find((ref) => ref !== line.bankRef) ?? NOT_PROVIDED;
  return tag('Ntry', [
    ...signed(line.amount),
    tag('Sts', [tag('Cd', 'BOOK')]),
    tag('BookgDt', [tag('Dt', line.bookedOn)]),
    line.bankRef === undefined ? undefined : tag('AcctSvcrRef', line.bankRef),
    tag('BkTxCd', [tag('Prtry', [tag('Cd', 'NTRF')])]),
    tag('NtryDtls', [
      tag('TxDtls', [
        tag('Refs', [tag('EndToEndId', endToEnd)]),
        line.text === '' ? undefined : tag('RmtInf', [tag('Ustrd', line.text)]),
      ]),
    ]),
  ]);
}

function balance(code: string, amount: Money, on: CalendarDate): XmlElement {
  return tag('Bal', [
    tag('Tp', [tag('CdOrPrtry', [tag('Cd', code)])]),
    ...signed(amount),
    tag('Dt', [tag('Dt', on)]),
  ]);
}

function signed(amount: Money): readonly XmlElement[] {
  const size = amount.isNegative ? amount.negated() : amount;
  return [
    { ...tag('Amt', size.toDecimalString()), attributes: { Ccy: amount.currency } },
    tag('CdtDbtInd', amount.isNegative ? 'DBIT' : 'CRDT'),
  ];
}

function tag(name: string, content: string | readonly (XmlElement | undefined)[]): XmlElement {
  return xmlElement(name, content, WRITTEN);
}
