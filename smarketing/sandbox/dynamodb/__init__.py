"""DynamoDB of the sandbox: the operations that the store uses, with the platform's own answers and errors.

It exists for its speed: a transaction of three items costs moto 4.3 ms and DynamoDB Local 5.4 ms of processor
time, which a year of engagements takes 40,000 times. A test plays random requests to it and to DynamoDB Local
and compares the answers. An operation or parameter that it does not know is refused, never passed over.
"""
