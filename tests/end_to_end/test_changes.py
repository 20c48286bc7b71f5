"""What a command counts as changes (INFO's rdb_changes_since_last_save), which drives save points.

The figures are redis-server's. Where one is installed the table is checked against it too.
"""

import unittest

from suite import ServerTest, oracle_binary

SETUP = """
SET s value
SET sx value EX 1000
SET n 10
HSET h f 1 g 2
RPUSH l a b c a d
RPUSH l2 x
SADD t a b c d e
SADD t2 a b
SADD i 1 2 3 4
SADD one x
ZADD z 1 a 2 b 3 c 4 d 5 e
ZADD z2 1 a 2 b
PFADD p a b c
"""

# : changes, and the command that makes them
TABLE = """
1 SET k v
1 SET k v EX 100
1 SETNX k v
0 SETNX s v
1 SETEX k 10 v
1 GETSET s v
1 GETDEL s
1 GETEX s EX 10
0 GETEX s PERSIST
1 GETEX sx PERSIST
1 APPEND s x
1 APPEND s ""
1 SETRANGE s 1 x
0 SETRANGE s 1 ""
1 INCR n
1 DECRBY n 3
1 INCRBYFLOAT n 1.5
3 MSET a 1 b 2 c 3
2 MSETNX a 1 b 2
0 MSETNX s 1 b 2
2 DEL s n none
2 UNLINK s n none
1 EXPIRE s 100
1 EXPIRE s -1
1 PERSIST sx
0 PERSIST s
1 RENAME s t
1 RENAME s n
0 RENAMENX s t
0 COPY s t
1 MOVE s 1
0 SETBIT s 3 1
1 SETBIT s 3 0
1 BITOP AND d s n
0 BITOP AND d none
1 BITOP AND s none
2 BITFIELD s SET u8 0 1 SET u8 8 2
0 BITFIELD s GET u8 0
2 BITFIELD s SET u8 0 1 INCRBY u8 0 1 OVERFLOW FAIL INCRBY u8 0 500
0 PFADD p a b c
1 PFADD p x
1 PFADD newp
3 PFADD newp a b
1 PFMERGE newp p
1 PFMERGE p p
1 PFCOUNT p
1 HSET h f 1
3 HSET h f 9 g 9 x 9
3 HSET nh a 1 b 2 c 3
2 HMSET h f 9 g 9
0 HSETNX h f 1
1 HSETNX h new 1
1 HDEL h f
2 HDEL h f g none
0 HDEL h none
1 HINCRBY h f 1
1 HINCRBYFLOAT h f 1.5
1 LPUSH l x
3 LPUSH l x y z
3 RPUSH l x y z
3 LPUSH nl x y z
2 LPUSHX l x y
0 LPUSHX nl x
2 RPUSHX l x y
1 LPOP l
2 LPOP l 2
5 LPOP l 100
2 RPOP l 2
0 LPOP l 0
1 LSET l 0 x
1 LINSERT l BEFORE b x
0 LINSERT l BEFORE nothere x
2 LREM l 0 a
1 LREM l 1 a
0 LREM l 0 nothere
3 LTRIM l 1 2
0 LTRIM l 0 -1
5 LTRIM l 5 1
1 LMOVE l l2 LEFT RIGHT
1 LMOVE l l LEFT RIGHT
1 RPOPLPUSH l l2
1 LMPOP 1 l LEFT
3 LMPOP 2 nl l LEFT COUNT 3
5 LMPOP 1 l LEFT COUNT 100
0 SADD t a
1 SADD t x
2 SADD t a x y
2 SADD nt a b a
1 SREM t a
2 SREM t a b none
5 SREM t a b c d e
0 SREM t none
1 SPOP t
2 SPOP t 2
5 SPOP t 5
5 SPOP t 100
4 SPOP t 4
0 SPOP t 0
2 SPOP i 2
1 SPOP one
2 SMOVE t i a
1 SMOVE t t2 a
0 SMOVE t t2 none
0 SMOVE t t a
2 SMOVE t nothere a
2 SMOVE one nothere x
2 BITFIELD nb SET u8 0 0 SET u8 8 0
0 BITFIELD nb OVERFLOW FAIL SET u8 0 500
1 SETBIT nb 3 0
1 SETBIT nb 3 1
1 BITOP NOT nb s
1 RPOPLPUSH l nothere
1 LMOVE l2 nothere LEFT LEFT
1 LMOVE l2 l2 LEFT LEFT
3 SADD i 1 2 3 99 100 x
2 SREM i 1 2
4 SPOP i 4
1 SPOP one 1
1 SINTERSTORE nothere t t2
1 SUNIONSTORE nothere t t2
1 ZUNIONSTORE nothere 2 z z2
1 ZRANGESTORE nothere z 0 2
1 RENAME s nothere
1 COPY s n REPLACE
1 COPY l nothere
2 MSETNX nothere1 1 nothere2 2
0 GETDEL nothere
1 GETSET nothere v
1 SETRANGE nothere 5 x
1 APPEND nothere x
1 INCR nothere
1 INCRBYFLOAT nothere 1
1 SET s v GET
1 SET s v KEEPTTL
1 SET nothere v NX
0 SET s v NX
1 PSETEX s 100000 v
1 GETEX s EXAT 1
1 EXPIREAT s 1
0 EXPIRE s 100 XX
0 PFADD p a
3 PFADD p new1 new2 new3
1 PFMERGE p nothere
1 HSET nothere f v
1 HSETNX nothere f v
1 HINCRBY nothere f 1
1 ZADD nothere INCR 1 a
0 ZADD nothere XX 1 a
1 ZINCRBY nothere 1 a
1 SINTERSTORE d t t2
0 SINTERSTORE d t none
1 SINTERSTORE t t none
1 SUNIONSTORE d t t2
1 SDIFFSTORE d t t2
1 SDIFFSTORE t t t
0 ZADD z 1 a
1 ZADD z 9 a
3 ZADD z 9 a 9 b 1 new
1 ZADD z NX 9 a 9 new
1 ZADD z XX 9 a 9 new
1 ZADD z GT CH 0 a 9 b
1 ZADD z INCR 1 a
0 ZADD z INCR 0 a
3 ZADD nz 1 a 2 b 3 c
1 ZADD nz INCR 1 a
1 ZINCRBY z 1 a
0 ZINCRBY z 0 a
2 ZREM z a b none
0 ZREM z none
5 ZREM z a b c d e
1 ZPOPMIN z
3 ZPOPMIN z 3
5 ZPOPMAX z 100
0 ZPOPMIN z 0
1 ZMPOP 1 z MIN
2 ZMPOP 2 nz z MAX COUNT 2
2 ZREMRANGEBYRANK z 0 1
3 ZREMRANGEBYSCORE z 1 3
0 ZREMRANGEBYSCORE z 100 200
5 ZREMRANGEBYLEX z - +
5 ZREMRANGEBYRANK z 0 -1
1 ZRANGESTORE d z 0 2
0 ZRANGESTORE d z 100 200
1 ZRANGESTORE z z 100 200
1 ZUNIONSTORE d 2 z z2
1 ZINTERSTORE d 2 z z2
0 ZINTERSTORE d 2 z none
1 ZINTERSTORE z 2 z none
1 ZDIFFSTORE d 2 z z2
5 SORT l ALPHA STORE d
10 SORT l ALPHA STORE d GET # GET #
1 SORT none STORE l
0 SORT none STORE d
1 SWAPDB 0 1
13 FLUSHALL
13 FLUSHDB
13 FLUSHALL ASYNC
"""


def words(line):
    return [word.strip('"') for word in line.split()]


class Changes:
    """The table; the classes below give it a server."""

    def test_every_command_counts_its_changes_as_redis_does(self):
        connection = self.connect()

        def changes():
            return int(self.info(connection, "persistence")["rdb_changes_since_last_save"])

        for line in TABLE.strip().splitlines():
            expected, command = line.split(" ", 1)
            with self.subTest(command):
                connection.call("FLUSHALL")
                connection.pipeline([words(each) for each in SETUP.strip().splitlines()])
                before = changes()
                connection.call(*words(command))
                self.assertEqual(changes() - before, int(expected))


class OnePartition(Changes, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class EightPartitions(Changes, ServerTest):
    OPTIONS = {"threads": 4, "partitions": 8}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Changes, ServerTest):
    OPTIONS = {"binary": oracle_binary()}
