"""S3 by SOAP with Python zeep: reads the WSDL that Walrus serves, signs with an X.509 certificate, prints nothing when all is well.

Arguments: URL of the WSDL, key, certificate, key and certificate of another user (PEM files), suite (sha256 or sha1).
"""

import datetime
import sys

import xmlsec
import zeep
from zeep.exceptions import Fault
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import WSU, get_security_header

METHODS = {
    "sha256": (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256),
    "sha1": (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
}


def text_of(time):
    # With fractions: two equal messages of one second would count as one that is sent again.
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Signed(BinarySignature):
    """zeep signs Body and a Timestamp that is there; answers of S3 are not signed."""

    def __init__(self, key, certificate, suite):
        super().__init__(key, certificate, None, *METHODS[suite])

    def apply(self, envelope, headers):
        now = datetime.datetime.utcnow()
        end = now + datetime.timedelta(minutes=5)
        stamp = WSU.Timestamp(WSU.Created(text_of(now)), WSU.Expires(text_of(end)))
        get_security_header(envelope).append(stamp)
        return super().apply(envelope, headers)

    def verify(self, envelope):
        return envelope


def client(wsdl, *signing):
    return zeep.Client(wsdl, wsse=Signed(*signing)).service


def fault_of(call, **fields):
    try:
        call(**fields)
    except Fault as fault:
        return fault.code.split(":")[-1]
    return None


def main():
    wsdl, key, certificate, other_key, other_certificate, suite = sys.argv[1:]
    s3 = client(wsdl, key, certificate, suite)
    other = client(wsdl, other_key, other_certificate, suite)
    bucket = "zeep-" + suite
    assert s3.CreateBucket(Bucket=bucket) == bucket
    assert bucket in [entry.Name for entry in s3.ListAllMyBuckets().Buckets.Bucket]

    data = bytes(range(256)) * 400
    metadata = [{"Name": "colour", "Value": "green"}]
    put = s3.PutObjectInline(Bucket=bucket, Key="a/b", Metadata=metadata, Data=data, ContentLength=len(data))
    listed = s3.ListBucket(Bucket=bucket, Prefix="a/").Contents
    assert [(entry.Key, entry.Size, entry.ETag) for entry in listed] == [("a/b", len(data), put.ETag)], listed
    got = s3.GetObject(Bucket=bucket, Key="a/b", GetMetadata=True, GetData=True, InlineData=True)
    assert got.Data == data and ("colour", "green") in [(item.Name, item.Value) for item in got.Metadata], got
    part = s3.GetObjectExtended(
        Bucket=bucket, Key="a/b", GetMetadata=False, GetData=True, InlineData=True, ByteRangeStart=256, ByteRangeEnd=511,
        ReturnCompleteObjectOnConditionFailure=False,
    )
    assert part.Data == bytes(range(256)), part
    s3.CopyObject(SourceBucket=bucket, SourceKey="a/b", DestinationBucket=bucket, DestinationKey="copy")
    grants = s3.GetBucketAccessControlPolicy(Bucket=bucket).AccessControlList.Grant
    assert [grant.Permission for grant in grants] == ["FULL_CONTROL"], grants

    assert fault_of(other.ListBucket, Bucket=bucket) == "Client.AccessDenied"
    assert fault_of(other.DeleteObject, Bucket=bucket, Key="a/b") == "Client.AccessDenied"
    assert fault_of(s3.DeleteBucket, Bucket=bucket) == "Client.BucketNotEmpty"
    unknown = client(wsdl, other_key, certificate, suite)
    assert fault_of(unknown.ListAllMyBuckets) is not None
    for name in ("a/b", "copy"):
        s3.DeleteObject(Bucket=bucket, Key=name)
    assert fault_of(s3.GetObject, Bucket=bucket, Key="a/b", GetMetadata=False, GetData=True, InlineData=True) == "Client.NoSuchKey"
    s3.DeleteBucket(Bucket=bucket)
    buckets = s3.ListAllMyBuckets().Buckets
    assert buckets is None or bucket not in [entry.Name for entry in buckets.Bucket]


main()
