#include "peer.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "wsaapi.h"
#include "wsseapi.h"

static FILE *opened(const char *name) {
  FILE *file = fopen(name, "r");
  if (file == NULL) {
    perror(name);
    exit(2);
  }
  return file;
}

void peer_open(struct peer *peer, int argc, char **argv) {
  FILE *file;
  if (argc != 9) {
    fprintf(stderr, "usage: %s URL KEY CERTIFICATE PEER SUITE SIGNING OPERATION INSTANCE\n", argv[0]);
    exit(2);
  }
  peer->url = argv[1];
  file = opened(argv[2]);
  peer->key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
  fclose(file);
  file = opened(argv[3]);
  peer->certificate = PEM_read_X509(file, NULL, NULL, NULL);
  fclose(file);
  peer->peer_file = argv[4];
  peer->algorithm = strcmp(argv[5], "rsa-sha1") == 0 ? SOAP_SMD_SIGN_RSA_SHA1 : SOAP_SMD_SIGN_RSA_SHA256;
  peer->profile = strcmp(argv[6], "profile") == 0;
  peer->operation = argv[7];
  peer->instance = argv[8];
  /* Canonical output: without it gSOAP signs text that it does not canonicalize. */
  peer->soap = soap_new1(SOAP_XML_CANONICAL);
  soap_register_plugin(peer->soap, soap_wsse);
  soap_register_plugin(peer->soap, soap_wsa);
  peer->soap->send_timeout = peer->soap->recv_timeout = 30;
  /* The only certificate that a reply may be signed with. */
  peer->soap->cafile = peer->peer_file;
}

void peer_sign(struct peer *peer, const char *action) {
  struct soap *soap = peer->soap;
  peer->message_id = soap_wsa_rand_uuid(soap);
  soap_wsse_add_Security(soap);
  soap_wsa_request(soap, peer->message_id, peer->url, action);
  soap_wsse_add_Timestamp(soap, "Time", 300);
  soap_wsse_add_BinarySecurityTokenX509(soap, "X509Token", peer->certificate);
  soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#X509Token");
  if (peer->profile) soap_wsse_set_wsu_id(soap, "wsa5:To wsa5:Action wsa5:MessageID");
  soap_wsse_sign_body(soap, peer->algorithm, peer->key, 0);
  soap_wsse_sign_only(soap, peer->profile ? "wsa5:To wsa5:Action wsa5:MessageID Time Body" : "Time Body");
  soap_wsse_verify_auto(soap, SOAP_SMD_NONE, NULL, 0);
}

static int refuse(struct soap *soap, const char *why) { return soap_sender_fault(soap, why, NULL); }

int peer_verify(struct peer *peer) {
  static const char *const addressing[] = {"Action", "From", "MessageID", "RelatesTo"};
  struct soap *soap = peer->soap;
  const char *relates_to;
  size_t i;
  if (soap_wsse_verify_body(soap)) return soap->error;
  if (soap_wsse_verify_Timestamp(soap)) return soap->error;
  if (!soap_wsse_verify_element(soap, "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
                                "Timestamp"))
    return refuse(soap, "the Timestamp of the reply is not signed");
  for (i = 0; i < sizeof addressing / sizeof *addressing; i++)
    if (!soap_wsse_verify_element(soap, "http://www.w3.org/2005/08/addressing", addressing[i]))
      return refuse(soap, "an addressing header of the reply is not signed");
  relates_to = soap->header && soap->header->wsa5__RelatesTo ? soap->header->wsa5__RelatesTo->__item : NULL;
  if (relates_to == NULL || strcmp(relates_to, peer->message_id) != 0)
    return refuse(soap, "the reply does not name the request");
  return SOAP_OK;
}

/* Writes a JSON string; what would need an escape is left out. */
static void print_text(const char *text) {
  putchar('"');
  for (; text != NULL && *text != '\0'; text++)
    if (*text >= ' ' && *text != '"' && *text != '\\') putchar(*text);
  putchar('"');
}

int peer_failed(struct peer *peer, int code) {
  struct soap *soap = peer->soap;
  if (code == SOAP_OK && peer_verify(peer) == SOAP_OK) return 0;
  soap_set_fault(soap);
  printf("{\"error\": ");
  print_text(*soap_faultstring(soap));
  printf(", \"detail\": ");
  print_text(*soap_faultdetail(soap));
  printf("}\n");
  return 1;
}

const char *peer_bool(const enum xsd__boolean *value) {
  return value != NULL && *value == xsd__boolean__false_ ? "false" : "true";
}
