import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters } from '../../ec2/filters.js';
import { filters, texts } from '../../ec2/schema.js';

interface Region {
  readonly name: string;
  readonly endpoint: string;
  readonly tags: ReadonlyMap<string, string>;
}

export const DescribeRegions = defineAction({
  name: 'DescribeRegions',
  authorization: 'user',
  metric: 'DescribeRegions',
  summary: 'The one region with its endpoint.',
  parameters: z.object({ RegionName: texts(), Region: texts(), Filter: filters }),
  run(given, { config, publicUrl, version }) {
    const tags = new Map<string, string>();
    const all: Region[] = [{ name: config.region, endpoint: `${publicUrl}/services/Eucalyptus`, tags }];
    // euca2ools 1 looks up the Walrus address here; newer clients would take a second item for a second region.
    if (!version.modern) all.push({ name: 'Walrus', endpoint: `${publicUrl}/services/Walrus`, tags });
    const names = [...given.RegionName, ...given.Region];
    const missing = names.find((name) => !all.some((one) => one.name === name));
    if (missing !== undefined && version.modern) {
      throw new MalleeError('InvalidParameterValue', `Invalid region '${missing.slice(0, 100)}'`);
    }
    const chosen = all.filter((one) => names.length === 0 || names.includes(one.name) || missing !== undefined);
    const shown = applyFilters(chosen, given.Filter, {
      endpoint: (one) => one.endpoint,
      'region-name': (one) => one.name,
      'opt-in-status': () => 'opt-in-not-required',
    });
    return {
      regionInfo: shown.map((one) => ({
        regionName: one.name,
        regionEndpoint: one.endpoint,
        optInStatus: version.modern ? 'opt-in-not-required' : undefined,
      })),
    };
  },
});
