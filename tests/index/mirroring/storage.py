"""Storage in memory, in which a test lets things go wrong at the moment it chooses."""

from index.mirroring.address import Address
from index.mirroring.remote import Found, Gone

ADDRESS = Address("s3", "bucket/reports")


class Storage:
    """See `index.mirroring.remote.Remote`."""

    def __init__(self, **objects):
        self.objects, self.state, self.fetched = objects, {}, []
        self.meets = lambda key: None
        """Called before an object is fetched: raises what is to go wrong."""

    def listed(self):
        for key in self.objects:
            yield self.again(key)

    def again(self, key):
        if key not in self.objects:
            raise Gone
        return Found(key, len(self.objects[key]), f"{self.state.get(key, 0)}-{self.objects[key]}")

    def fetch(self, found, file):
        self.meets(found.key)
        self.fetched.append(found.key)
        if found.key not in self.objects:
            raise Gone
        file.write(self.objects[found.key].encode())
        return self.again(found.key).stamp == found.stamp
