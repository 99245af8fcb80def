import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkMetadataFile } from '../../agent/doctor/metadata-file.ts';
import { keys } from '../../agent/metadata/keys.ts';
import { steps } from '../../agent/steps/order.ts';
import { readConfiguration } from '../../agent/system/configuration.ts';
import { configurationSchema } from '../../build/configuration-schema.ts';
import { jsonSchema } from '../../build/json-schema.ts';
import { metadataSchema } from '../../build/metadata-schema.ts';
import { settings } from '../../build/settings.ts';

const value = v.object({
  enum: v.optional(v.array(v.string())),
  minimum: v.optional(v.number()),
  maximum: v.optional(v.number()),
});
const section = v.object({ properties: v.record(v.string(), value) });
const { properties } = v.parse(
  v.object({ properties: v.record(v.string(), section) }),
  configurationSchema(steps),
);
const all = Object.entries(properties).flatMap(([name, { properties: ofSection }]) =>
  Object.entries(ofSection).map(([key, of]) => ({ name, key, of })),
);

/** What the program says of one setting. */
function warnings(name: string, key: string, text: string): string[] {
  const said: string[] = [];
  readConfiguration(
    { readText: () => `[${name}]\n${key} = ${text}\n` },
    (message) => said.push(message),
    steps.map((step) => step.name),
  );
  return said;
}

describe('the schema of the configuration', () => {
  it('has every step and every setting', () => {
    expect(all.map(({ name, key }) => `${name}.${key}`).sort()).toEqual(
      [
        ...steps.map((step) => `steps.${step.name}`),
        ...settings.map((setting) => `${setting.section}.${setting.key}`),
      ].sort(),
    );
  });

  it.each(all)('allows for $name.$key what the program takes, and nothing else', ({ name, key, of }) => {
    const { enum: choices, minimum, maximum } = of;
    const right = choices ?? [String(minimum), String(maximum)];
    const wrong =
      choices === undefined
        ? [String(Number(minimum) - 1), String(Number(maximum) + 1), '1.5', 'soon']
        : ['maybe', '1', 'auto2'];
    expect(right.length).toBeGreaterThan(1);
    for (const text of right) expect(warnings(name, key, text), text).toEqual([]);
    for (const text of wrong) expect(warnings(name, key, text), text).toHaveLength(1);
  });
});

describe('the schema of metadata', () => {
  it('has every key that the agent reads', () => {
    expect(Object.keys(v.parse(section, jsonSchema(metadataSchema, 'metadata')).properties)).toEqual(
      Object.keys(keys),
    );
  });

  it.each([
    { 'sdc:resolvers': ['192.0.2.53'] },
    { 'sdc:resolvers': '["192.0.2.53"]' },
    {
      'sdc:nics': [
        {
          interface: 'net0',
          mac: '02:08:20:aa:bb:01',
          ips: ['192.0.2.10/24', 'dhcp'],
          primary: true,
          mtu: 1500,
        },
      ],
    },
    {
      'sdc:nics': [
        {
          interface: 'net0',
          mac: '02:08:20:aa:bb:01',
          ip: '192.0.2.10',
          netmask: '255.255.255.0',
          primary: 'true',
        },
      ],
    },
    { 'sdc:routes': [{ dst: '10.0.0.0/8', gateway: '192.0.2.1', linklocal: null }] },
    { 'sdc:maintain_resolvers': true },
    { 'sdc:maintain_resolvers': 'false' },
    { 'sdc:max_physical_memory': 1024 },
    { 'lx-agent:boot': 'off' },
    { hostname: 'web-1', 'user-script': '#!/bin/sh\n', role: 'web', size: 3 },
  ])('takes what the program takes: %j', (metadata) => {
    expect(v.is(metadataSchema, metadata)).toBe(true);
    expect(checkMetadataFile(JSON.stringify(metadata)).faults).toEqual([]);
  });

  it.each([
    { 'sdc:resolvers': { first: '192.0.2.53' } },
    { 'sdc:resolvers': [53] },
    { 'sdc:nics': { net0: {} } },
    { 'sdc:nics': [{ interface: 'net0', mac: '02:08:20:aa:bb:01', ips: '192.0.2.10/24' }] },
    { 'sdc:nics': [{ interface: 'net0', mac: '02:08:20:aa:bb:01', ips: ['dhcp'], mtu: 20 }] },
    { 'sdc:nics': [{ interface: 'net0', mac: '02:08:20:aa:bb:01', ips: ['dhcp'], mtu: 70_000 }] },
    { 'sdc:routes': [{ dst: 10 }] },
    { 'sdc:maintain_resolvers': 'yes' },
    { 'lx-agent:boot': 'on' },
  ])('refuses what the program refuses: %j', (metadata) => {
    expect(v.is(metadataSchema, metadata)).toBe(false);
    expect(checkMetadataFile(JSON.stringify(metadata)).faults).not.toEqual([]);
  });
});
