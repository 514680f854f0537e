import type { DesiredNetwork } from './desired-state.js';
import { formatSubnet } from './ipv4.js';

export function nftTableName(tag: string): string {
  return `mallee_cc_${tag}`;
}

/**
 * The nft text that replaces our table in one transaction (`nft -f -`). Declaring it first makes the delete valid when it
 * is not there yet. Policies are accept: a verdict of ours never cuts traffic of other software. Link-local targets
 * (the metadata address) are not masqueraded, so that the metadata service sees the guest's own address.
 */
export function renderNft(state: DesiredNetwork): string {
  const table = nftTableName(state.tag);
  const subnet = formatSubnet(state.subnet);
  const bridge = JSON.stringify(state.bridge);
  return `table ip ${table} {
}
delete table ip ${table}
table ip ${table} {
\tchain mallee_postrouting {
\t\ttype nat hook postrouting priority srcnat; policy accept;
\t\tip saddr ${subnet} ip daddr 169.254.0.0/16 accept
\t\tip saddr ${subnet} ip daddr 224.0.0.0/4 accept
\t\tip saddr ${subnet} ip daddr != ${subnet} oifname != ${bridge} masquerade
\t}
\tchain mallee_forward {
\t\ttype filter hook forward priority filter; policy accept;
\t\tiifname ${bridge} accept
\t\toifname ${bridge} accept
\t}
}
`;
}

/** The nft text that removes our table, whether or not it is there. */
export function renderNftRemoval(tag: string): string {
  const table = nftTableName(tag);
  return `table ip ${table} {\n}\ndelete table ip ${table}\n`;
}
