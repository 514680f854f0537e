/* Calls a node controller. Built from the WSDL of dialect 2.0, or with -DDIALECT_4_4 from that of 4.4. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "service.nsmap"

static char user[] = "eucalyptus";

#define CALL(name) (peer_sign(peer, "EucalyptusNC#" #name), soap_call___nc__##name(peer->soap, peer->url, NULL, &request, &reply))

static int describe_resource(struct peer *peer) {
  struct nc__ncDescribeResourceType request;
  struct nc__ncDescribeResourceResponseType reply;
  soap_default_nc__ncDescribeResourceType(peer->soap, &request);
  request.userId = user;
  if (peer_failed(peer, CALL(ncDescribeResource))) return 1;
  printf("{\"return\": %s, \"nodeStatus\": \"%s\", \"memorySizeMax\": %d, \"numberOfCoresMax\": %d}\n", peer_bool(reply.return_),
         reply.nodeStatus, reply.memorySizeMax, reply.numberOfCoresMax);
  return 0;
}

static int describe_instances(struct peer *peer) {
  struct nc__ncDescribeInstancesType request;
  struct nc__ncDescribeInstancesResponseType reply;
  int i;
  soap_default_nc__ncDescribeInstancesType(peer->soap, &request);
  request.userId = user;
  if (peer_failed(peer, CALL(ncDescribeInstances))) return 1;
  printf("{\"return\": %s, \"instances\": [", peer_bool(reply.return_));
  for (i = 0; i < reply.__sizeinstances; i++)
    printf("%s{\"instanceId\": \"%s\", \"stateName\": \"%s\"}", i == 0 ? "" : ", ", reply.instances[i].instanceId,
           reply.instances[i].stateName);
  printf("]}\n");
  return 0;
}

static int terminate_instance(struct peer *peer) {
  struct nc__ncTerminateInstanceType request;
  struct nc__ncTerminateInstanceResponseType reply;
  soap_default_nc__ncTerminateInstanceType(peer->soap, &request);
  request.userId = user;
  request.instanceId = (char *)peer->instance;
  if (peer_failed(peer, CALL(ncTerminateInstance))) return 1;
  printf("{\"return\": %s, \"instanceId\": \"%s\"}\n", peer_bool(reply.return_), reply.instanceId ? reply.instanceId : "");
  return 0;
}

#ifndef DIALECT_4_4
static int run_instance(struct peer *peer) {
  struct nc__ncRunInstanceType request;
  struct nc__ncRunInstanceResponseType reply;
  struct nc__virtualMachineType type;
  struct nc__netConfigType net;
  int memory = 128, cores = 1, disk = 2;
  char *groups[] = {"default"};
  soap_default_nc__ncRunInstanceType(peer->soap, &request);
  soap_default_nc__virtualMachineType(peer->soap, &type);
  soap_default_nc__netConfigType(peer->soap, &net);
  type.name = "m1.small";
  type.memory = &memory;
  type.cores = &cores;
  type.disk = &disk;
  net.privateMacAddress = "d0:0d:12:34:56:78";
  net.privateIp = "10.88.0.9";
  net.publicIp = "0.0.0.0";
  net.vlan = -1;
  net.networkIndex = -1;
  request.userId = user;
  request.imageId = "emi-12345678";
  request.imageURL = "http://127.0.0.1:9/services/Walrus/images/tiny.manifest.xml";
  request.reservationId = "r-12345678";
  request.instanceId = (char *)peer->instance;
  request.instanceType = &type;
  request.keyName = "";
  request.netParams = &net;
  request.launchIndex = "0";
  request.__sizegroupNames = 1;
  request.groupNames = groups;
  if (peer_failed(peer, CALL(ncRunInstance))) return 1;
  printf("{\"return\": %s, \"instance\": {\"instanceId\": \"%s\", \"stateName\": \"%s\"}}\n", peer_bool(reply.return_),
         reply.instance->instanceId, reply.instance->stateName);
  return 0;
}
#endif

int main(int argc, char **argv) {
  struct peer peer;
  peer_open(&peer, argc, argv);
  if (strcmp(peer.operation, "ncDescribeResource") == 0) return describe_resource(&peer);
  if (strcmp(peer.operation, "ncDescribeInstances") == 0) return describe_instances(&peer);
  if (strcmp(peer.operation, "ncTerminateInstance") == 0) return terminate_instance(&peer);
#ifndef DIALECT_4_4
  if (strcmp(peer.operation, "ncRunInstance") == 0) return run_instance(&peer);
#endif
  fprintf(stderr, "%s is not built in\n", peer.operation);
  return 2;
}
