"""Calls a SOAP service with Python zeep and verifies its replies with xmlsec: a peer of the daemons for tests.

Reads a job as JSON on standard input: wsdl, url, key, certificate, peer (PEM files), suite, signing, calls: [{operation, fields}].
signing is "profile" (everything that profile body-timestamp asks for), "headers-only" (the addressing headers) or "stack" (what zeep signs
by itself: Body and Timestamp).
Writes the list of results as JSON: {operation, reply} or {operation, error}.
"""

import base64
import datetime
import json
import sys

import lxml.etree as etree
import xmlsec
import zeep
import zeep.helpers
from zeep import ns
from zeep.wsa import WsAddressingPlugin
from zeep.wsse.signature import BinarySignature, verify_envelope
from zeep.wsse.utils import WSSE, WSU, ensure_id, get_security_header, get_timestamp

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"

METHODS = {
    "rsa-sha256": (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256),
    "rsa-sha1": (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
}


def der_of(pem_file):
    with open(pem_file) as file:
        return "".join(line.strip() for line in file if not line.startswith("-----"))


class ZeepSignature(BinarySignature):
    """zeep as it is, but for a Timestamp, which zeep signs if it is there; the reply is verified with the peer's certificate."""

    def __init__(self, job):
        self.methods = METHODS[job["suite"]]
        super().__init__(job["key"], job["certificate"], None, *self.methods)
        self.certificate = job["certificate"]
        self.peer = job["peer"]
        self.timed = job["signing"] != "headers-only"
        self.request_id = None

    def add_timestamp(self, envelope):
        now = datetime.datetime.utcnow()
        expires = now + datetime.timedelta(seconds=300)
        stamp = WSU.Timestamp(WSU.Created(get_timestamp(now, True)), WSU.Expires(get_timestamp(expires, True)))
        get_security_header(envelope).append(stamp)
        return stamp

    def apply(self, envelope, headers):
        self.request_id = envelope.findtext(".//{%s}MessageID" % ns.WSA)
        self.add_timestamp(envelope)
        return super().apply(envelope, headers)

    def verify(self, envelope):
        """zeep's own check of the cryptography, and then what it does not look at: who signed what."""
        verify_envelope(envelope, self.peer)
        header = envelope.find("{%s}Header" % SOAP)
        security = header.find("{%s}Security" % ns.WSSE)
        token = security.findtext("{%s}BinarySecurityToken" % ns.WSSE)
        if token != der_of(self.peer):
            raise Exception("the reply is signed with another certificate")
        signed = {ref.get("URI")[1:] for ref in security.iter("{%s}Reference" % ns.DS)}
        wanted = [header.find("{%s}%s" % (ns.WSA, name)) for name in ("Action", "MessageID", "RelatesTo", "From")]
        wanted += [envelope.find("{%s}Body" % SOAP)]
        if self.timed:
            wanted += [security.find("{%s}Timestamp" % ns.WSU)]
        if signed != {part.get("{%s}Id" % ns.WSU) for part in wanted}:
            raise Exception("the reply does not sign its parts")
        if header.findtext("{%s}RelatesTo" % ns.WSA) != self.request_id:
            raise Exception("the reply does not name the request")
        return envelope


class ProfileSignature(ZeepSignature):
    """What zeep does not do: it signs no addressing headers, so this signs with xmlsec all that the profile asks for."""

    def apply(self, envelope, headers):
        header = envelope.find("{%s}Header" % SOAP)
        names = ("To", "Action", "MessageID")
        parts = [header.find("{%s}%s" % (ns.WSA, name)) for name in names]
        self.request_id = parts[2].text
        if self.timed:
            parts += [self.add_timestamp(envelope), envelope.find("{%s}Body" % SOAP)]
        security = get_security_header(envelope)
        token = WSSE.BinarySecurityToken(der_of(self.certificate), ValueType=X509, EncodingType=BASE64)
        security.append(token)
        signature = xmlsec.template.create(envelope, xmlsec.Transform.EXCL_C14N, self.methods[0], ns="ds")
        security.append(signature)
        key_info = xmlsec.template.ensure_key_info(signature)
        reference = etree.SubElement(key_info, etree.QName(ns.WSSE, "SecurityTokenReference"))
        etree.SubElement(reference, etree.QName(ns.WSSE, "Reference"), URI="#" + ensure_id(token), ValueType=X509)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.key_data, xmlsec.KeyFormat.PEM, None)
        for part in parts:
            uri = "#" + ensure_id(part)
            context.register_id(part, "Id", ns.WSU)
            one = xmlsec.template.add_reference(signature, self.methods[1], uri=uri)
            xmlsec.template.add_transform(one, xmlsec.Transform.EXCL_C14N)
        context.sign(signature)
        return envelope, headers


def main():
    job = json.load(sys.stdin)
    signature = (ZeepSignature if job["signing"] == "stack" else ProfileSignature)(job)
    client = zeep.Client(job["wsdl"], wsse=signature, plugins=[WsAddressingPlugin(job["url"])])
    [service] = client.wsdl.services.values()
    [port] = service.ports.values()
    proxy = client.create_service(str(port.binding.name), job["url"])
    results = []
    for call in job["calls"]:
        result = {"operation": call["operation"]}
        try:
            reply = getattr(proxy, call["operation"])(**call["fields"])
            result["reply"] = zeep.helpers.serialize_object(reply, dict)
        except Exception as error:
            result["error"] = "%s: %s" % (type(error).__name__, error)
        results.append(result)
    json.dump(results, sys.stdout, default=str)


main()
