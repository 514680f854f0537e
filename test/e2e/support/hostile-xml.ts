/** Documents that no endpoint may take, with what each is; `root` is the element that the endpoint expects. */
export function hostileDocuments(root: string): [what: string, document: string][] {
  return [
    ['cut off', `<${root}>`],
    ['not XML', 'hello'],
    ['empty', ''],
    ['a DOCTYPE', `<!DOCTYPE ${root}><${root}/>`],
    ['an external entity', `<!DOCTYPE ${root} [<!ENTITY x SYSTEM "file:///etc/passwd">]><${root}>&x;</${root}>`],
    ['billion laughs', billionLaughs(root)],
    ['a processing instruction', `<${root}><?php echo 1 ?></${root}>`],
    ['nested too deep', `<${root}>${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}</${root}>`],
  ];
}

function billionLaughs(root: string): string {
  const steps = Array.from({ length: 9 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`);
  return `<!DOCTYPE ${root} [<!ENTITY e0 "ha">${steps.join('')}]><${root}>&e9;</${root}>`;
}
