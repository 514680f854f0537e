/* Calls a cluster controller. Built from the WSDL of dialect 2.0. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "service.nsmap"

static char user[] = "eucalyptus";

#define CALL(name) (peer_sign(peer, "EucalyptusCC#" #name), soap_call___cc__##name(peer->soap, peer->url, NULL, &request, &reply))

static int describe_resources(struct peer *peer) {
  struct cc__describeResourcesType request;
  struct cc__describeResourcesResponseType reply;
  struct cc__virtualMachineType type;
  int memory = 128, cores = 1, disk = 2, i;
  soap_default_cc__describeResourcesType(peer->soap, &request);
  soap_default_cc__virtualMachineType(peer->soap, &type);
  type.name = "m1.small";
  type.memory = &memory;
  type.cores = &cores;
  type.disk = &disk;
  request.userId = user;
  request.__sizeinstanceTypes = 1;
  request.instanceTypes = &type;
  if (peer_failed(peer, CALL(DescribeResources))) return 1;
  printf("{\"return\": %s, \"resources\": [", peer_bool(reply.return_));
  for (i = 0; i < reply.__sizeresources; i++)
    printf("%s{\"instanceType\": {\"name\": \"%s\"}, \"maxInstances\": %d}", i == 0 ? "" : ", ",
           reply.resources[i].instanceType->name, *reply.resources[i].maxInstances);
  printf("]}\n");
  return 0;
}

static int start_network(struct peer *peer) {
  struct cc__startNetworkType request;
  struct cc__startNetworkResponseType reply;
  int vlan = 10;
  soap_default_cc__startNetworkType(peer->soap, &request);
  request.userId = user;
  request.vlan = &vlan;
  request.netName = "default";
  if (peer_failed(peer, CALL(StartNetwork))) return 1;
  printf("{\"return\": %s}\n", peer_bool(reply.return_));
  return 0;
}

static int describe_instances(struct peer *peer) {
  struct cc__describeInstancesType request;
  struct cc__describeInstancesResponseType reply;
  soap_default_cc__describeInstancesType(peer->soap, &request);
  request.userId = user;
  if (peer_failed(peer, CALL(DescribeInstances))) return 1;
  printf("{\"return\": %s, \"count\": %d}\n", peer_bool(reply.return_), reply.__sizeinstances);
  return 0;
}

int main(int argc, char **argv) {
  struct peer peer;
  peer_open(&peer, argc, argv);
  if (strcmp(peer.operation, "DescribeResources") == 0) return describe_resources(&peer);
  if (strcmp(peer.operation, "StartNetwork") == 0) return start_network(&peer);
  if (strcmp(peer.operation, "DescribeInstances") == 0) return describe_instances(&peer);
  fprintf(stderr, "%s is not built in\n", peer.operation);
  return 2;
}
