import { OperatorYear } from './operator-year';
import type { Investor } from './people';
import type { Scene } from './scene';

/** A European provider's year: tests, warnings, and four days in which to think again. */
export class PleisseYear extends OperatorYear {
  private readonly sophisticated: Investor[] = [];

  scenes(): readonly Scene[] {
    return [
      ...this.people(),
      ...this.foods(),
      ...this.sails(),
      ...this.atelier(),
      ...this.batteries(),
      ...this.today(),
    ];
  }

  private people(): readonly Scene[] {
    return [
      { day: 3, what: 'The first investors join Pleiße Crowd', play: () => this.joinFirst() },
      { day: 4, what: 'Some of them need a second look', play: () => this.joinDoubtful() },
      { day: 140, what: 'More investors join Pleiße Crowd', play: () => this.join(5, '3800.00') },
      { day: 310, what: 'Somebody wants to be sophisticated', play: () => this.askForTier() },
      {
        day: 321,
        what: 'Cash comes and goes',
        play: async () => {
          const [, first, second] = this.crowd;
          if (!first || !second) return;
          await this.house.deposit(first, '640.00');
          await this.house.withdraw(second, '250.00');
        },
      },
    ];
  }

  private async joinFirst(): Promise<void> {
    const { house } = this;
    this.crowd.push(await house.investor({ mailbox: 'investor', cash: '7500.00' }));
    for (const person of this.shared) {
      this.crowd.push(await house.investor({ person, cash: '4000.00' }));
    }
    await this.join(3, '5200.00');
    this.crowd.push(await house.investor({ test: 'failed', cash: '2400.00' }));
    this.crowd.push(await house.investor({ test: 'refused', cash: '2100.00' }));
    const first = { mailbox: 'sophisticated.investor' };
    for (const address of [first, {}, {}]) {
      this.sophisticated.push(
        await house.investor({ ...address, tier: 'sophisticated', cash: '45000.00' }),
      );
    }
  }

  /** A request that waits for a compliance officer. */
  private async askForTier(): Promise<void> {
    const { house } = this;
    const { classifications } = house.stage.services;
    const investor = this.crowd[2];
    if (!investor) return;
    const declared = {
      grossIncome: house.money('71000.00'),
      financeRoleMonths: 30,
      transactionsPerQuarter: 4,
    };
    await house.write(investor, (tx) =>
      classifications.request(tx, investor.id, { tier: 'sophisticated', declared, documents: [] }),
    );
  }

  private foods(): readonly Scene[] {
    const { year } = this;
    const name = 'Kernkraut Foods GmbH';
    return [
      { day: 16, what: `${name} applies`, play: () => this.apply(name, { mailbox: 'issuer' }) },
      {
        day: 20,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'Fermented vegetables from fields within a day by bicycle.',
            price: '12.50',
            target: '9000.00',
            maximum: '40000.00',
            method: 'first-come',
            closesAt: year.at(52, 15),
          }),
      },
      {
        day: 24,
        what: `${name} is subscribed`,
        play: async () => {
          await this.subscribe(name, this.crowd, [125, 3, 9]);
          await this.subscribe(name, this.sophisticated, [500, 5, 12]);
        },
      },
      {
        day: 26,
        what: 'Two think better of it in time',
        play: async () => {
          await this.revoke(name, this.crowd[3]);
          await this.revoke(name, this.crowd[4]);
        },
      },
      {
        day: 56,
        what: `${name} is paid out`,
        play: async () => {
          await this.payProceeds(name);
          await this.house.sweepFees();
        },
      },
    ];
  }

  private sails(): readonly Scene[] {
    const { year } = this;
    const name = 'Nordlicht Segel AB';
    return [
      { day: 88, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 90,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'Sails for cargo ships, sewn by robots.',
            price: '8.00',
            target: '60000.00',
            maximum: '150000.00',
            closesAt: year.at(117, 15),
          }),
      },
      {
        day: 97,
        what: `${name} finds few friends`,
        play: () => this.subscribe(name, this.crowd.slice(0, 6), [80, 2, 8]),
      },
    ];
  }

  private atelier(): readonly Scene[] {
    const { year } = this;
    const name = 'Atelier Rive SAS';
    return [
      { day: 146, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 149,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'Furniture of river wood, and the barge that brings it.',
            price: '6.40',
            target: '10000.00',
            maximum: '18000.00',
            orderLimit: '30000.00',
            closesAt: year.at(186, 15),
          }),
      },
      {
        day: 155,
        what: `${name} is oversubscribed`,
        play: async () => {
          await this.subscribe(name, this.crowd.slice(4), [64, 5, 14]);
          await this.subscribe(name, this.sophisticated, [640, 7, 11]);
        },
      },
      { day: 191, what: `${name} is paid out`, play: () => this.payProceeds(name) },
    ];
  }

  /** Past its deadline; the last investors may still think again. */
  private batteries(): readonly Scene[] {
    const { year } = this;
    const name = 'Fjord Batteries OY';
    return [
      { day: 330, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 333,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'Second lives for the batteries of ferries.',
            price: '4.00',
            target: '3000.00',
            maximum: '25000.00',
            closesAt: year.at(363, 12),
          }),
      },
      {
        day: 349,
        what: `${name} is subscribed`,
        play: () => this.subscribe(name, this.crowd.slice(0, 9), [100, 2, 7]),
      },
      {
        day: 362,
        what: `The last orders for ${name}`,
        play: () => this.subscribe(name, this.crowd.slice(9), [100, 2, 5]),
      },
    ];
  }

  private today(): readonly Scene[] {
    const { year } = this;
    return [
      {
        day: 335,
        what: 'Kernkraut Foods opens a second round',
        play: () =>
          this.open('Kernkraut Foods GmbH', {
            title: 'Kernkraut Foods, second round',
            summary: 'A cellar that stays cool by itself.',
            price: '14.00',
            target: '20000.00',
            maximum: '90000.00',
            closesAt: year.at(393, 15),
          }),
      },
      {
        day: 339,
        what: 'The second round is subscribed',
        play: () => this.subscribe('Kernkraut Foods GmbH', this.sophisticated, [700, 3, 9]),
      },
      {
        day: 353,
        what: 'The next rounds are prepared',
        play: async () => {
          await this.apply('Tarra Cycles BV');
          await this.open('Tarra Cycles BV', {
            summary: 'Cargo bicycles that fold.',
            target: '15000.00',
            maximum: '45000.00',
            opensAt: year.at(370, 8),
            closesAt: year.at(420, 15),
          });
          await this.apply('Moosbeere Textil GmbH');
          await this.open('Moosbeere Textil GmbH', {
            summary: 'Cloth from bog fibre.',
            target: '18000.00',
            maximum: '60000.00',
            closesAt: year.at(425, 15),
            until: 'in-review',
          });
        },
      },
    ];
  }
}
