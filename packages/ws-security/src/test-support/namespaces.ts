/** For tests: declarations to stand in any start tag. */
export const XMLNS_WSU =
  'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"';
export const XMLNS_WSSE =
  'xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"';
export const XMLNS_DS = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
export const XMLNS_WSA = 'xmlns:wsa="http://www.w3.org/2005/08/addressing"';
export const XMLNS_SOAP = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"';
