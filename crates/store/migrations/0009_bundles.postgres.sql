-- Ids and sums do not get smaller by packing; trying to costs more than all the rest.
ALTER TABLE bundles ALTER COLUMN bytes SET STORAGE EXTERNAL;
