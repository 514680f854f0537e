/** Name of the nft table of this node. */
export function metadataTable(tag: string): string {
  return `mallee_nc_${tag.replaceAll('-', '_')}`;
}

/**
 * The nft text that replaces our table in one transaction. Only traffic from the bridge of the guests is touched, and no
 * other table is.
 */
export function renderMetadataRedirect(tag: string, bridge: string, port: number): string {
  const table = metadataTable(tag);
  return `table ip ${table} {
}
delete table ip ${table}
table ip ${table} {
\tchain mallee_prerouting {
\t\ttype nat hook prerouting priority dstnat; policy accept;
\t\tiifname ${JSON.stringify(bridge)} ip daddr 169.254.169.254 tcp dport 80 redirect to :${port}
\t}
}
`;
}

/** The nft text that removes our table, whether or not it is there. */
export function renderRedirectRemoval(tag: string): string {
  const table = metadataTable(tag);
  return `table ip ${table} {\n}\ndelete table ip ${table}\n`;
}
