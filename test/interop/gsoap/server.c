/* A node controller made with gSOAP, as far as a test needs one: ncDescribeResource, verified and signed. */
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "service.nsmap"
#include "wsaapi.h"
#include "wsseapi.h"

static void *key;
static void *certificate;
static int algorithm;

static int verified(struct soap *soap) {
  static const char *const addressing[] = {"To", "Action", "MessageID"};
  size_t i;
  if (soap_wsa_check(soap) || soap_wsse_verify_body(soap) || soap_wsse_verify_Timestamp(soap)) return 0;
  for (i = 0; i < sizeof addressing / sizeof *addressing; i++)
    if (!soap_wsse_verify_element(soap, "http://www.w3.org/2005/08/addressing", addressing[i])) return 0;
  return 1;
}

/* Signs what profile body-timestamp asks for in a reply, and the To that the wsa plug-in adds. */
static void sign_reply(struct soap *soap, const char *action) {
  soap_wsse_delete_Security(soap);
  soap_wsa_reply(soap, soap_wsa_rand_uuid(soap), action);
  soap_wsse_add_Timestamp(soap, "Time", 300);
  soap_wsse_add_BinarySecurityTokenX509(soap, "X509Token", certificate);
  soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#X509Token");
  soap_wsse_set_wsu_id(soap, "wsa5:To wsa5:Action wsa5:MessageID wsa5:RelatesTo");
  soap_wsse_sign_body(soap, algorithm, key, 0);
  soap_wsse_sign_only(soap, "wsa5:To wsa5:Action wsa5:MessageID wsa5:RelatesTo Time Body");
}

int __nc__ncDescribeResource(struct soap *soap, struct nc__ncDescribeResourceType *request,
                             struct nc__ncDescribeResourceResponseType *reply) {
  if (!verified(soap)) return soap_sender_fault(soap, "the request does not verify", NULL);
  (void)request;
  soap_default_nc__ncDescribeResourceResponseType(soap, reply);
  reply->nodeStatus = "OK";
  reply->memorySizeMax = 1234;
  reply->publicSubnets = "none";
  sign_reply(soap, "EucalyptusNC#ncDescribeResource");
  return SOAP_OK;
}

#define NOT_OFFERED(name) \
  int __nc__##name(struct soap *soap, struct nc__##name##Type *request, struct nc__##name##ResponseType *reply) { \
    return SOAP_NO_METHOD; \
  }
NOT_OFFERED(ncDescribeInstances)
NOT_OFFERED(ncRunInstance)
NOT_OFFERED(ncTerminateInstance)
NOT_OFFERED(ncRebootInstance)
NOT_OFFERED(ncGetConsoleOutput)
NOT_OFFERED(ncStartNetwork)
NOT_OFFERED(ncAttachVolume)
NOT_OFFERED(ncDetachVolume)
NOT_OFFERED(ncPowerDown)
NOT_OFFERED(ncBundleInstance)
NOT_OFFERED(ncCancelBundleTask)
NOT_OFFERED(ncDescribeBundleTasks)

/* The wsa plug-in declares a service that takes faults of peers. */
int SOAP_ENV__Fault(struct soap *soap, char *faultcode, char *faultstring, char *faultactor, struct SOAP_ENV__Detail *detail,
                    struct SOAP_ENV__Code *SOAP_ENV__Code, struct SOAP_ENV__Reason *SOAP_ENV__Reason, char *SOAP_ENV__Node,
                    char *SOAP_ENV__Role, struct SOAP_ENV__Detail *SOAP_ENV__Detail) {
  return SOAP_NO_METHOD;
}

/* Arguments as those of a client, of which URL, operation and instance mean nothing. Writes its port, serves until it is killed. */
int main(int argc, char **argv) {
  struct peer peer;
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  int listening;
  peer_open(&peer, argc, argv);
  key = peer.key;
  certificate = peer.certificate;
  algorithm = peer.algorithm;
  peer.soap->accept_timeout = 60;
  listening = soap_bind(peer.soap, "127.0.0.1", 0, 10);
  if (!soap_valid_socket(listening) || getsockname(listening, (struct sockaddr *)&address, &length) != 0) return 2;
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  while (soap_valid_socket(soap_accept(peer.soap))) {
    soap_wsse_verify_auto(peer.soap, SOAP_SMD_NONE, NULL, 0);
    soap_serve(peer.soap);
    soap_destroy(peer.soap);
    soap_end(peer.soap);
  }
  return 0;
}
