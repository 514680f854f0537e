/* A gSOAP client of the daemons, for tests: what is the same for every service. */
#ifndef PEER_H
#define PEER_H

#include "soapH.h"

/* Arguments of every program: URL KEY CERTIFICATE PEER SUITE SIGNING OPERATION INSTANCE. */
struct peer {
  const char *url;
  const char *peer_file;
  /* SOAP_SMD_SIGN_RSA_SHA256 or SOAP_SMD_SIGN_RSA_SHA1 */
  int algorithm;
  /* Everything that profile body-timestamp asks for, or only Body and Timestamp. */
  int profile;
  const char *operation;
  const char *instance;
  struct soap *soap;
  void *key;
  void *certificate;
  const char *message_id;
};

/* Reads the arguments and loads the keys; ends the process when they are wrong. */
void peer_open(struct peer *peer, int argc, char **argv);

/* Makes the next message a signed one with this action. */
void peer_sign(struct peer *peer, const char *action);

/* Verifies the reply: signed by the peer, every part of it, and an answer to our request. 0 if so, else the fault is set. */
int peer_verify(struct peer *peer);

/* The result of a call as JSON: {"error": ...} if it failed or its reply does not verify (1), else nothing is written (0). */
int peer_failed(struct peer *peer, int code);

/* "true" or "false"; a missing value is true. */
const char *peer_bool(const enum xsd__boolean *value);

#endif
